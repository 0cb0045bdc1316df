package io.stratoswarm.core.agent;

import io.stratoswarm.core.process.ProcessHost;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the parts of the supervisor share. Touched by the owner's thread alone, but for {@link #post}. */
final class Context {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final long RETRY_NANOS = Texts.SECOND;

    final Ledger ledger;
    final ProcessHost host;
    final RandomGenerator random;
    final ZoneId zone;
    final Prober prober;
    final Timers timers = new Timers();
    final Waiters waiters = new Waiters();
    final Map<String, Run> runs = new HashMap<>();
    /** Graphs in which a waiting agent may now start or a held stop may begin. */
    final Set<String> dirty = new HashSet<>();

    private final Consumer<Runnable> post;
    private boolean journalFails;

    Context(
            Ledger ledger,
            ProcessHost host,
            RandomGenerator random,
            ZoneId zone,
            Prober prober,
            Consumer<Runnable> post) {
        this.ledger = ledger;
        this.host = host;
        this.random = random;
        this.zone = zone;
        this.prober = prober;
        this.post = post;
    }

    AgentsState decided() {
        return ledger.decided;
    }

    /** Runs an action on the owner's thread, later; from any thread. */
    void post(Runnable action) {
        post.accept(action);
    }

    /** The state of an agent where this incarnation is its present one. */
    @Nullable
    AgentState current(String agent, long incarnation) {
        AgentState state = decided().agent(agent);
        return state == null || state.incarnation != incarnation || !state.up() ? null : state;
    }

    @Nullable
    Run run(String agent, long incarnation) {
        Run run = runs.get(agent);
        return run == null || run.incarnation != incarnation ? null : run;
    }

    /** Appends what has to be recorded; where the journal refuses, {@code again} is tried a second later. */
    void commit(Ledger.Decision decision, Runnable again) {
        decision.then(this::journalWorks);
        decision.commit(e -> {
            if (!journalFails) {
                journalFails = true;
                LOG.error(
                        "The journal refuses events of agents; effects wait and are tried each second until it works: {}",
                        e.getMessage(),
                        e);
            }
            timers.at(ledger.now() + RETRY_NANOS, again);
        });
    }

    private void journalWorks() {
        if (journalFails) {
            journalFails = false;
            LOG.info("The journal accepts events of agents again.");
        }
    }
}
