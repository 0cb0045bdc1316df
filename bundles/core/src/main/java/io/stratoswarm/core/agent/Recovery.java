package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.core.process.ProcessHost.Recovered;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of a daemon over what an earlier one left: adopts what runs, records what ended meanwhile and applies the policies,
 * goes on with starts and stops that were under way, and brings back what was stopped with the daemon.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final int AT_ONCE = 8;
    private static final int NAMES_PER_EVENT = 500;

    private final Context context;
    private final Life life;
    private final Starts starts;
    private final Stops stops;
    private final Probing probing;
    private final Inputs inputs;
    private final Leasing leasing;

    Recovery(Context context, Life life, Starts starts, Stops stops, Probing probing, Inputs inputs, Leasing leasing) {
        this.context = context;
        this.life = life;
        this.starts = starts;
        this.stops = stops;
        this.probing = probing;
        this.inputs = inputs;
        this.leasing = leasing;
    }

    void recover(String bootId, String version) {
        daemonStarted(bootId, version);
        context.host.retain(context.decided().agents.keySet());
        List<String> order = new ArrayList<>();
        context.decided().graphs.values().forEach(g -> order.addAll(Selectors.ofGraph(context.decided(), g)));
        Map<String, Recovered> found = find(order);
        List<String> adopted = new ArrayList<>();
        for (String agent : order) {
            AgentState state = context.decided().agent(agent);
            Recovered recovered = found.get(agent);
            if (state != null && recovered != null) {
                if (recovered instanceof Recovered.Running) {
                    adopted.add(agent);
                }
                take(state, recovered);
            }
        }
        record(adopted);
        for (String agent : order) {
            resume(agent);
        }
        context.dirty.addAll(context.decided().graphs.keySet());
    }

    private void daemonStarted(String bootId, String version) {
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        ObjectNode fields = d.at().put("bootId", bootId)
                .put("version", version)
                .put(
                        "afterReboot",
                        !context.decided().bootId.isEmpty()
                                && !context.decided().bootId.equals(bootId));
        d.add(Events.DAEMON_STARTED, Events.DAEMON, fields, List.of());
        context.commit(d, () -> daemonStarted(bootId, version));
    }

    /** Asks the host for every agent that may have a process, a few at a time. */
    private Map<String, Recovered> find(List<String> agents) {
        Map<String, Future<Recovered>> asked = new LinkedHashMap<>();
        Map<String, Recovered> found = new LinkedHashMap<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
            for (String agent : agents) {
                AgentState state = context.decided().agent(agent);
                if (state != null && state.up()) {
                    Callable<Recovered> ask = () -> context.host.recover(
                            agent, state.incarnation, context.decided().spec(state));
                    asked.put(agent, pool.submit(ask));
                }
            }
            asked.forEach((agent, answer) -> found.put(agent, await(agent, answer)));
        }
        return found;
    }

    private static Recovered await(String agent, Future<Recovered> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while agents were being adopted", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            LOG.error("Agent {} cannot be adopted", agent, cause);
            return new Recovered.Lost("it cannot be adopted: " + cause.getMessage());
        }
    }

    private void take(AgentState state, Recovered recovered) {
        Run run = new Run(state.id, state.incarnation);
        run.issued = !(recovered instanceof Recovered.NeverStarted);
        context.runs.put(state.id, run);
        switch (recovered) {
            case Recovered.Running running -> {
                if (state.pid == 0) {
                    life.started(state.id, state.incarnation, running.pid(), running.startedNanos());
                } else {
                    run.started = true;
                    probing.begin(run, running.startedNanos());
                }
                inputs.endAgain(state);
            }
            case Recovered.Exited exited ->
                life.exited(state.id, state.incarnation, exited.status(), exited.timeNanos());
            case Recovered.SetupFailed failed -> life.setupFailed(state.id, state.incarnation, failed.message());
            case Recovered.Displaced displaced -> life.displaced(state.id, state.incarnation, displaced.reason());
            case Recovered.Lost lost -> life.lost(state.id, state.incarnation, lost.reason());
            case Recovered.NeverStarted never -> {
                if (state.phase == AgentPhase.STARTING) {
                    context.runs.remove(state.id);
                    starts.begin(state.id, state.incarnation, state.incarnation > 1, Optional.empty());
                } else if (state.phase == AgentPhase.STOPPING) {
                    life.neverRan(state.id, state.incarnation);
                } else {
                    life.lost(state.id, state.incarnation, "its runtime folder is gone");
                }
            }
        }
    }

    private void record(List<String> adopted) {
        for (int from = 0; from < adopted.size(); from += NAMES_PER_EVENT) {
            List<String> some = adopted.subList(from, Math.min(adopted.size(), from + NAMES_PER_EVENT));
            Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
            ObjectNode fields = d.at().put("count", some.size());
            var names = fields.putArray("agents");
            some.forEach(names::add);
            d.add(Events.ADOPTED, Events.DAEMON, fields, List.of());
            d.commit(e -> LOG.warn("The journal refused to record which agents were adopted: {}", e.getMessage()));
        }
        if (!adopted.isEmpty()) {
            LOG.info("Adopted {}: {}", Texts.count(adopted.size(), "agent"), Texts.some(adopted, 5));
        }
    }

    /** Goes on with what the state says of an agent that has no process, or whose stop was under way. */
    private void resume(String agent) {
        AgentState state = context.decided().agent(agent);
        if (state == null) {
            return;
        }
        starts.schedule(agent);
        switch (state.phase) {
            case BACKOFF -> starts.arm(agent);
            case STOPPING -> stops.begin(agent, state.incarnation);
            case STOPPED -> {
                if (state.resume) {
                    release(agent);
                } else {
                    cleanUp(state);
                }
            }
            case COMPLETED, FAILED, QUARANTINED -> cleanUp(state);
            case WAITING, STARTING, RUNNING, READY, UNHEALTHY -> {
                // Nothing is left to be done but what the reconciliation does.
            }
        }
        leasing.resume(agent);
    }

    private void release(String agent) {
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        d.agent(Events.RELEASED, agent, d.at().put("why", "started with the daemon"));
        context.commit(d, () -> release(agent));
    }

    /** The daemon may have ended between a recorded end and the removal of what the process left. */
    private void cleanUp(AgentState state) {
        if (state.everStarted() && !context.runs.containsKey(state.id)) {
            stops.release(state.id);
        }
    }
}
