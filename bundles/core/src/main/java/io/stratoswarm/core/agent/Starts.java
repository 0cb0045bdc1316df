package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.journal.Cause;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts: when they are due, and their steps. */
final class Starts {
    private static final Logger LOG = LoggerFactory.getLogger(Starts.class);

    /** Told of a start that failed before the process host had anything to tell. */
    interface Failed {
        void setupFailed(String agent, long incarnation, String message);
    }

    private final Context context;
    private final Hooks hooks;
    private final Failed failed;
    private final Map<String, Timers.Timer> schedules = new HashMap<>();
    /** Agents whose next start a timer will come back to. */
    private final Set<String> armed = new HashSet<>();

    Starts(Context context, Hooks hooks, Failed failed) {
        this.context = context;
        this.hooks = hooks;
        this.failed = failed;
    }

    /** A start that is no restart by policy. */
    void request(Ledger.Decision d, AgentState agent, String why, Optional<AgentSpec> postStop) {
        start(d, agent, d.at().put("why", why).put("streak", agent.streak), postStop);
    }

    /** A restart by policy. */
    void restart(Ledger.Decision d, AgentState agent, int streak, long keepFrom, Optional<AgentSpec> postStop) {
        String why = "restart " + (agent.restarts + 1) + " after " + agent.reason;
        start(
                d,
                agent,
                d.at().put("why", why)
                        .put("restart", true)
                        .put("streak", streak)
                        .put("keepFrom", keepFrom),
                postStop);
    }

    private void start(Ledger.Decision d, AgentState agent, ObjectNode fields, Optional<AgentSpec> postStop) {
        NodeState node = context.decided().nodeOf(agent);
        long incarnation = agent.incarnation + 1;
        boolean again = agent.everStarted();
        fields.put("incarnation", incarnation).put("spec", node.versionOf(agent.replica));
        d.agent(Events.START_REQUESTED, agent.id, fields, dependencyEvents(d, agent, node));
        d.then(() -> begin(agent.id, incarnation, again, postStop));
        context.dirty.add(agent.graph);
    }

    /** The last events of what it depends on are causes of its start; one a node, the latest. */
    private Cause[] dependencyEvents(Ledger.Decision d, AgentState agent, NodeState node) {
        List<Cause> causes = new ArrayList<>();
        for (NodeSpec.Dependency dependency : node.dependsOn()) {
            context.decided()
                    .agentsOf(agent.graph, dependency.node())
                    .max(Comparator.comparing(d::tellsOf).thenComparingLong(on -> on.sequence))
                    .ifPresent(on -> causes.addAll(d.lastOf(on)));
        }
        return causes.toArray(Cause[]::new);
    }

    /** The steps of a start whose request is durable. */
    void begin(String agent, long incarnation, boolean again, Optional<AgentSpec> postStop) {
        AgentState state = context.current(agent, incarnation);
        if (state == null || state.phase != AgentPhase.STARTING) {
            // A stop was decided meanwhile; it finds that nothing was begun.
            return;
        }
        Run run = new Run(agent, incarnation);
        context.runs.put(agent, run);
        AgentSpec spec = context.decided().spec(state);
        if (postStop.isPresent() && postStop.get().hooks().postStop().isPresent()) {
            hooks.run(
                    agent,
                    postStop.get(),
                    "postStop",
                    postStop.get().hooks().postStop().get(),
                    ok -> context.whenFree(agent, () -> preStart(run, spec, again)));
        } else {
            context.whenFree(agent, () -> preStart(run, spec, again));
        }
    }

    private void preStart(Run run, AgentSpec spec, boolean again) {
        if (spec.hooks().preStart().isEmpty()) {
            issue(run, spec, again);
            return;
        }
        hooks.run(run.agent, spec, "preStart", spec.hooks().preStart().get(), failure -> {
            if (failure.isEmpty()) {
                issue(run, spec, again);
            } else {
                failed.setupFailed(run.agent, run.incarnation, failure.get());
            }
        });
    }

    private void issue(Run run, AgentSpec spec, boolean again) {
        AgentState state = context.current(run.agent, run.incarnation);
        if (state == null || state.phase != AgentPhase.STARTING || run.issued) {
            return;
        }
        run.issued = true;
        run.issuedNanos = context.ledger.wall();
        try {
            if (again) {
                context.host.killAll(run.agent);
            }
            if (spec.builtin().isEmpty()) {
                context.host.confine(run.agent, state.cpus, state.memoryNodes);
            }
            context.host.start(run.agent, run.incarnation, placed(spec, state));
        } catch (RuntimeException e) {
            LOG.warn("Agent {} could not be started: {}", run.agent, e.getMessage());
            failed.setupFailed(run.agent, run.incarnation, String.valueOf(e.getMessage()));
        }
    }

    /** An affinity of its own wins; the agent was placed by it then. */
    private static AgentSpec placed(AgentSpec spec, AgentState state) {
        return state.cpus.isEmpty() || !spec.affinity().isEmpty() ? spec : spec.withAffinity(state.cpus);
    }

    /** What follows a durable start. */
    void afterStart(Run run) {
        AgentState state = context.current(run.agent, run.incarnation);
        if (state != null && state.phase != AgentPhase.STOPPING) {
            AgentSpec spec = context.decided().spec(state);
            spec.hooks().postStart().ifPresent(hook -> hooks.run(run.agent, spec, "postStart", hook, ok -> {}));
        }
    }

    /** Waits for the time of a scheduled restart. */
    void arm(String agent) {
        AgentState state = context.decided().agent(agent);
        if (state != null && state.phase == AgentPhase.BACKOFF && state.lease == null) {
            long incarnation = state.incarnation;
            // After a start of the daemon over a clock that was set meanwhile, the time itself would say nothing.
            long longest = context.decided().spec(state).restart().maxMillis() * Texts.MILLI;
            armed.add(agent);
            long due = state.due;
            context.after(Math.min(longest, due - context.ledger.now()), () -> due(agent, incarnation, due));
        }
    }

    /**
     * Takes up starts that were passed over because something else had been decided, which was refused since: what is durable then
     * holds, and nobody else would go on with it.
     */
    void resume() {
        for (AgentState agent : List.copyOf(context.decided().agents.values())) {
            AgentState known = context.ledger.durable.agent(agent.id);
            if (known == null || known.incarnation != agent.incarnation || known.phase != agent.phase) {
                continue;
            }
            if (agent.phase == AgentPhase.STARTING && context.run(agent.id, agent.incarnation) == null) {
                begin(agent.id, agent.incarnation, agent.incarnation > 1, Optional.empty());
            } else if (agent.phase == AgentPhase.BACKOFF && !armed.contains(agent.id)) {
                arm(agent.id);
            }
        }
    }

    /** Starts at once what waits for its next try and runs inside of the daemon. */
    void hurryBuiltins() {
        for (AgentState agent : List.copyOf(context.decided().agents.values())) {
            if (agent.phase == AgentPhase.BACKOFF
                    && context.decided().spec(agent).builtin().isPresent()) {
                due(agent.id, agent.incarnation, agent.due);
            }
        }
    }

    private void due(String agent, long incarnation, long due) {
        AgentState state = context.decided().agent(agent);
        if (state == null || state.phase != AgentPhase.BACKOFF || state.incarnation != incarnation) {
            armed.remove(agent);
            return;
        }
        if (state.due != due) {
            // A lease came and went meanwhile, and the restart was put off; its own timer is armed.
            return;
        }
        armed.remove(agent);
        if (state.lease != null) {
            return;
        }
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        if (Dependencies.unmet(context.decided(), state).isPresent()) {
            d.agent(Events.WAITING, agent, d.at().put("why", state.reason));
        } else {
            long keepFrom = RestartRules.keepFrom(context.decided().spec(state).restart(), context.ledger.now());
            restart(d, state, state.streak, keepFrom, Optional.empty());
        }
        armed.add(agent); // By what tries again where it is refused.
        d.then(() -> armed.remove(agent));
        context.commit(d, () -> due(agent, incarnation, due));
    }

    /** Starts every waiting agent of these graphs whose dependencies are as they must be. */
    void reconcile(Ledger.Decision d, Iterable<String> graphs) {
        for (String name : graphs) {
            GraphState graph = context.decided().graphs.get(name);
            if (graph != null && !graph.deleting()) {
                Dependencies.order(graph).forEach(node -> startWaiting(d, graph, node));
            }
        }
    }

    /** The same for what depends on this agent's node, in the append that tells of the agent's progress, which is the cause. */
    void startDependants(Ledger.Decision d, AgentState agent) {
        GraphState graph = context.decided().graphs.get(agent.graph);
        if (graph != null && !graph.deleting()) {
            for (NodeState node : graph.nodes().values()) {
                if (node.dependsOn().stream().anyMatch(on -> on.node().equals(agent.node))) {
                    startWaiting(d, graph, node.id());
                }
            }
        }
    }

    private void startWaiting(Ledger.Decision d, GraphState graph, String node) {
        NodeState declared = graph.node(node);
        if (declared == null
                || declared.removed()
                || declared.declared().lifecycle().waits()) {
            return;
        }
        AgentsState state = context.decided();
        List<AgentState> waiting = state.agentsOf(graph.name(), node)
                .filter(agent -> agent.phase == AgentPhase.WAITING)
                .toList();
        if (!waiting.isEmpty() && Dependencies.unmet(state, waiting.getFirst()).isEmpty()) {
            waiting.forEach(agent -> request(d, agent, startReason(agent), Optional.empty()));
        }
    }

    private static String startReason(AgentState agent) {
        return agent.everStarted() ? agent.reason : "first start";
    }

    /** Waits for the next time of a cron agent's schedule; replaces an earlier wait. */
    void schedule(String agent) {
        Timers.Timer old = schedules.remove(agent);
        if (old != null) {
            old.cancel();
        }
        AgentState state = context.decided().agent(agent);
        NodeState node = state == null ? null : context.decided().node(state);
        if (node == null || node.declared().lifecycle() != Lifecycle.CRON) {
            return;
        }
        node.declared()
                .schedule()
                .flatMap(expression -> CronSchedule.parse(expression).next(context.ledger.wall(), context.zone))
                .ifPresent(next -> schedules.put(agent, context.wallTimers.at(next, () -> scheduled(agent))));
    }

    /** Counts all schedules anew: the clock was wrong and has been set. */
    void scheduleAll() {
        List.copyOf(schedules.keySet()).forEach(this::schedule);
    }

    private void scheduled(String agent) {
        AgentState state = context.decided().agent(agent);
        if (state != null) {
            runNow(state);
        }
        schedule(agent);
    }

    private void runNow(AgentState state) {
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        Run run = context.runs.get(state.id);
        if (state.phase == AgentPhase.WAITING) {
            Optional<String> unmet = Dependencies.unmet(context.decided(), state);
            if (unmet.isEmpty()) {
                request(d, state, "its schedule", Optional.empty());
            } else {
                d.agent(Events.RUN_SKIPPED, state.id, d.at().put("why", unmet.get()));
            }
        } else if (state.up() && run != null && !run.skipSaid) {
            run.skipSaid = true;
            d.agent(
                    Events.RUN_SKIPPED,
                    state.id,
                    d.at().put("why", "the run before it still goes on; further skips of this run are not told"));
        }
        String agent = state.id;
        context.commit(d, () -> LOG.warn("A scheduled run of {} was missed: the journal refused its event", agent));
    }
}
