package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.core.process.ProcessHost;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the parts of the supervisor share. Touched by the owner's thread alone, but for {@link #post}. */
final class Context {
    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
    private static final long RETRY_NANOS = Texts.SECOND;
    /** Callers that wait for what cannot be recorded are told after this time. */
    private static final long PATIENCE_NANOS = 10 * Texts.SECOND;

    final Ledger ledger;
    final ProcessHost host;
    final RandomGenerator random;
    final ZoneId zone;
    final Prober prober;
    final ProbeTimes times;
    final LongSupplier monotonic;
    /** By the monotonic clock. */
    final Timers timers = new Timers();
    /** By the clock on the wall: schedules alone. */
    final Timers wallTimers = new Timers();

    final Waiters waiters = new Waiters();
    final Map<String, Run> runs = new HashMap<>();
    /** Graphs in which a waiting agent may now start or a held stop may begin. */
    final Set<String> dirty = new HashSet<>();

    /** What readiness probes last said of agents that are not ready yet; read by other threads too. No event, so no state. */
    final Map<String, Answer> answers = new ConcurrentHashMap<>();

    /** The last answer of a probe of this incarnation. */
    record Answer(long incarnation, String detail) {}

    private final Consumer<Runnable> post;
    private final Executor background;
    /** Agents of which the host does something slow, and what waits until that is done. */
    private final Map<String, Deque<Runnable>> busy = new HashMap<>();

    private boolean journalFails;
    /** Since when it has refused everything, by the monotonic clock. */
    private long failsSince;

    Context(
            Ledger ledger,
            ProcessHost host,
            LongSupplier monotonic,
            RandomGenerator random,
            ZoneId zone,
            Prober prober,
            ProbeTimes times,
            Consumer<Runnable> post,
            Executor background) {
        this.ledger = ledger;
        this.host = host;
        this.monotonic = monotonic;
        this.random = random;
        this.zone = zone;
        this.prober = prober;
        this.times = times;
        this.post = post;
        this.background = background;
    }

    /**
     * Sweeping away all processes of an agent takes the host milliseconds, which the owner must not wait for; what comes next for
     * the same agent waits, so that a sweep never meets its next incarnation.
     */
    void inBackground(String agent, Runnable work) {
        whenFree(agent, () -> {
            busy.put(agent, new ArrayDeque<>());
            background.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    LOG.error("Agent {}: {}", agent, e.getMessage(), e);
                } finally {
                    post(() -> free(agent));
                }
            });
        });
    }

    /** Runs this on the owner's thread as soon as the host does nothing slow for the agent; mostly at once. */
    void whenFree(String agent, Runnable next) {
        Deque<Runnable> waiting = busy.get(agent);
        if (waiting == null) {
            next.run();
        } else {
            waiting.add(next);
        }
    }

    private void free(String agent) {
        Deque<Runnable> waiting = busy.remove(agent);
        if (waiting != null) {
            waiting.forEach(next -> whenFree(agent, next));
        }
    }

    /** Runs an action on the owner's thread after this time, whatever is done to the clock meanwhile. */
    void after(long nanos, Runnable action) {
        timers.at(monotonic.getAsLong() + Math.max(0, nanos), action);
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
        if (!decision.isEmpty()) {
            decision.then(this::journalWorks);
        }
        decision.commit(e -> {
            if (!journalFails) {
                journalFails = true;
                failsSince = monotonic.getAsLong();
                LOG.error(
                        "The journal refuses events of agents; effects wait and are tried each second until it works: {}",
                        e.getMessage());
            }
            if (monotonic.getAsLong() - failsSince >= PATIENCE_NANOS) {
                waiters.failAll(new StratoswarmException(
                        e instanceof StratoswarmException known ? known.kind() : Kind.SYSTEM,
                        "the journal has refused events of agents for " + Texts.duration(PATIENCE_NANOS)
                                + ", so what was asked for waits until it works: " + e.getMessage(),
                        e));
            }
            after(RETRY_NANOS, again);
        });
    }

    private void journalWorks() {
        if (journalFails) {
            journalFails = false;
            LOG.info("The journal accepts events of agents again.");
        }
    }
}
