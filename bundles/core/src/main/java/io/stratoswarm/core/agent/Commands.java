package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Commands of operators on agents. Runs on the owner's thread; each command is one append. */
final class Commands {
    private final Context context;
    private final Starts starts;
    private final Stops stops;
    private final Leasing leasing;

    Commands(Context context, Starts starts, Stops stops, Leasing leasing) {
        this.leasing = leasing;
        this.context = context;
        this.starts = starts;
        this.stops = stops;
    }

    void start(String selector, String actor, CompletableFuture<List<String>> done) {
        List<AgentState> agents = select(selector);
        Ledger.Decision d = context.ledger.decide(actor);
        List<String> affected = new ArrayList<>();
        for (AgentState agent : agents) {
            refuseWhileDeleting(agent);
            leasing.command(d, agent, actor, "start");
            if (startOne(d, agent, "start requested by " + actor)) {
                affected.add(agent.id);
            } else {
                leasing.stopIll(d, agent);
            }
        }
        d.then(() -> done.complete(List.copyOf(affected)));
        d.commit(done::completeExceptionally);
    }

    /** Whether it changed anything. */
    private boolean startOne(Ledger.Decision d, AgentState agent, String why) {
        boolean scheduled =
                context.decided().nodeOf(agent).declared().lifecycle().waits();
        switch (agent.phase) {
            case STOPPED, COMPLETED, FAILED, QUARANTINED, BACKOFF -> {
                d.agent(Events.RELEASED, agent.id, d.at().put("why", why));
                if (!scheduled) {
                    startIfFree(d, agent.id, why);
                }
                context.dirty.add(agent.graph);
                return true;
            }
            case WAITING -> {
                return scheduled && startIfFree(d, agent.id, why);
            }
            case STOPPING -> {
                if (agent.then == AgentState.Then.DOWN || agent.then == AgentState.Then.SHUTDOWN) {
                    stops.request(d, agent, AgentState.Then.RESTART, why);
                    return true;
                }
                return false;
            }
            default -> {
                return false;
            }
        }
    }

    private boolean startIfFree(Ledger.Decision d, String id, String why) {
        AgentState agent = context.decided().agent(id);
        if (agent == null || Dependencies.unmet(context.decided(), agent).isPresent()) {
            return false;
        }
        starts.request(d, agent, why, Optional.empty());
        return true;
    }

    void stop(String selector, String actor, CompletableFuture<List<String>> done) {
        stopEach(select(selector), AgentState.Then.DOWN, "stop requested by " + actor, actor, done);
    }

    void stopAll(String actor, CompletableFuture<List<String>> done) {
        List<AgentState> all = new ArrayList<>(context.decided().agents.values());
        stopEach(all, AgentState.Then.SHUTDOWN, "shutdown requested by " + actor, actor, done);
    }

    private void stopEach(
            List<AgentState> agents,
            AgentState.Then then,
            String why,
            String actor,
            CompletableFuture<List<String>> done) {
        Ledger.Decision d = context.ledger.decide(actor);
        List<String> affected = new ArrayList<>();
        List<String> awaited = new ArrayList<>();
        for (AgentState agent : agents) {
            if (then == AgentState.Then.SHUTDOWN) {
                leasing.takeOver(d, agent, actor, "shutdown");
            } else {
                leasing.command(d, agent, actor, "stop");
            }
            if (agent.up()) {
                awaited.add(agent.id);
                boolean going = agent.phase == AgentPhase.STOPPING
                        && (agent.then == AgentState.Then.REMOVE
                                || agent.then == AgentState.Then.DOWN
                                || agent.then == then);
                if (!going) {
                    stops.request(d, agent, then, why);
                    affected.add(agent.id);
                }
            } else if (agent.phase == AgentPhase.WAITING || agent.phase == AgentPhase.BACKOFF) {
                boolean resume = then == AgentState.Then.SHUTDOWN;
                d.agent(Events.STOPPED, agent.id, d.at().put("why", why).put("restart", resume));
                // Between two runs its keeper and its cgroup are kept for the next one, which does not come now.
                d.then(() -> stops.afterEnd(agent.id, Optional.empty(), true));
                affected.add(agent.id);
            }
        }
        d.then(() -> context.waiters.add(
                awaited,
                id -> {
                    AgentState agent = context.ledger.durable.agent(id);
                    return agent == null || !agent.up();
                },
                () -> done.complete(List.copyOf(affected)),
                done));
        d.commit(done::completeExceptionally);
    }

    void restart(String selector, String actor, CompletableFuture<List<String>> done) {
        Ledger.Decision d = context.ledger.decide(actor);
        String why = "restart requested by " + actor;
        Map<String, Long> before = new HashMap<>();
        List<String> affected = new ArrayList<>();
        for (AgentState agent : select(selector)) {
            refuseWhileDeleting(agent);
            leasing.command(d, agent, actor, "restart");
            before.put(agent.id, agent.incarnation);
            if (!agent.up()) {
                startOne(d, agent, why);
            } else if (agent.phase != AgentPhase.STOPPING || agent.then != AgentState.Then.REMOVE) {
                stops.request(d, agent, AgentState.Then.RESTART, why);
            }
            affected.add(agent.id);
        }
        d.then(() -> context.waiters.add(
                affected,
                id -> runsAnew(id, before.getOrDefault(id, 0L)),
                () -> done.complete(List.copyOf(affected)),
                done));
        d.commit(done::completeExceptionally);
    }

    /** Judged on what is durable; an agent that waits for others has got as far as a restart can bring it. */
    private boolean runsAnew(String id, long before) {
        AgentState agent = context.ledger.durable.agent(id);
        if (agent == null || agent.phase == AgentPhase.WAITING || agent.phase == AgentPhase.STOPPED) {
            return true;
        }
        if (agent.incarnation <= before || agent.phase == AgentPhase.STARTING || agent.phase == AgentPhase.STOPPING) {
            return false;
        }
        if (agent.phase.running() || agent.completed) {
            return true;
        }
        throw new StratoswarmException(
                Kind.CONFLICT, "agent " + id + " does not run after its restart: " + agent.reason);
    }

    void kill(String selector, String actor, CompletableFuture<List<String>> done) {
        Ledger.Decision d = context.ledger.decide(actor);
        List<AgentState> up = up(selector, "be killed");
        for (AgentState agent : up) {
            long incarnation = agent.incarnation;
            leasing.command(d, agent, actor, "kill");
            d.agent(
                    Events.KILL_REQUESTED,
                    agent.id,
                    d.at().put("incarnation", incarnation).put("why", "kill requested by " + actor));
            d.then(() -> {
                Run run = context.run(agent.id, incarnation);
                if (context.current(agent.id, incarnation) != null && run != null && run.issued) {
                    stops.killAll(agent.id);
                }
            });
        }
        d.then(() -> done.complete(up.stream().map(agent -> agent.id).toList()));
        d.commit(done::completeExceptionally);
    }

    void signal(String selector, String signal, String actor, CompletableFuture<List<String>> done) {
        int number = Signals.number(signal);
        Ledger.Decision d = context.ledger.decide(actor);
        List<AgentState> up = up(selector, "get a signal");
        List<String> reached = new ArrayList<>();
        for (AgentState agent : up) {
            long incarnation = agent.incarnation;
            d.agent(
                    Events.SIGNAL_REQUESTED,
                    agent.id,
                    d.at().put("incarnation", incarnation).put("signal", Signals.name(number)));
            d.then(() -> {
                if (context.host.signal(agent.id, incarnation, number)) {
                    reached.add(agent.id);
                }
            });
        }
        d.then(() -> done.complete(List.copyOf(reached)));
        d.commit(done::completeExceptionally);
    }

    private List<AgentState> up(String selector, String what) {
        List<AgentState> up = select(selector).stream().filter(AgentState::up).toList();
        if (up.isEmpty()) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "nothing of \"" + selector + "\" runs that could " + what + "; see: stratoswarm ps " + selector);
        }
        return up;
    }

    private List<AgentState> select(String selector) {
        AgentsState state = context.decided();
        return Selectors.resolve(state, selector).stream()
                .map(state.agents::get)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    private void refuseWhileDeleting(AgentState agent) {
        GraphState graph = context.decided().graphs.get(agent.graph);
        if (graph != null && graph.deleting()) {
            throw new StratoswarmException(
                    Kind.CONFLICT, "graph " + agent.graph + " is being deleted; apply it again once it is gone");
        }
    }
}
