package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops: hook, signal, grace time, SIGKILL; dependants before what they depend on. */
final class Stops {
    private static final Logger LOG = LoggerFactory.getLogger(Stops.class);
    /** After SIGKILL the kernel may take its time, for example with a process in uninterruptible sleep. */
    private static final long KILL_AGAIN_NANOS = 5 * Texts.SECOND;

    /** Told where a stop finds that no process was ever asked for. */
    interface NeverRan {
        void neverRan(String agent, long incarnation);
    }

    private final Context context;
    private final Hooks hooks;
    private final NeverRan neverRan;
    private final Set<String> held = new LinkedHashSet<>();

    Stops(Context context, Hooks hooks, NeverRan neverRan) {
        this.context = context;
        this.hooks = hooks;
        this.neverRan = neverRan;
    }

    /** Decides a stop of an agent whose process may exist. */
    void request(Ledger.Decision d, AgentState agent, AgentState.Then then, String why) {
        d.agent(
                Events.STOP_REQUESTED,
                agent.id,
                d.at().put("incarnation", agent.incarnation)
                        .put("then", then.name())
                        .put("why", why));
        d.then(() -> begin(agent.id, agent.incarnation));
        context.dirty.add(agent.graph);
    }

    /** The stop of an agent whose liveness or watchdog failed, where its policy restarts it. */
    void ofIll(Ledger.Decision d, AgentState ill) {
        if (context.decided().spec(ill).restart().mode() != RestartMode.NEVER) {
            request(d, ill, AgentState.Then.POLICY, ill.reason + "; stopped for a restart");
        }
    }

    /** The steps of a stop whose request is durable. */
    void begin(String agent, long incarnation) {
        AgentState state = context.current(agent, incarnation);
        if (state == null || state.phase != AgentPhase.STOPPING) {
            return;
        }
        Run run = context.run(agent, incarnation);
        if (run == null || !run.issued) {
            neverRan.neverRan(agent, incarnation);
            return;
        }
        if (run.stopBegun) {
            return;
        }
        if (Dependencies.stopsAfter(context.decided(), state).isPresent()) {
            held.add(agent);
            return;
        }
        run.stopBegun = true;
        AgentSpec spec = context.decided().spec(state);
        Optional<AgentSpec.Hook> hook = spec.hooks().preStop();
        if (hook.isPresent() && state.then != AgentState.Then.POLICY && run.started) {
            hooks.run(agent, spec, "preStop", hook.get(), ok -> terminate(run, spec));
        } else {
            terminate(run, spec);
        }
    }

    /** Begins the stops that waited for dependants that are down now. */
    void beginHeld() {
        for (String agent : new ArrayList<>(held)) {
            AgentState state = context.decided().agent(agent);
            if (state == null || state.phase != AgentPhase.STOPPING) {
                held.remove(agent);
            } else if (Dependencies.stopsAfter(context.decided(), state).isEmpty()) {
                held.remove(agent);
                begin(agent, state.incarnation);
            }
        }
    }

    private void terminate(Run run, AgentSpec spec) {
        if (context.current(run.agent, run.incarnation) == null) {
            return;
        }
        if (run.started) {
            signal(run, spec);
        } else {
            run.stopSignalDue = true;
        }
        long grace = spec.stop().graceMillis();
        context.after(grace * Texts.MILLI, () -> escalate(run, grace));
    }

    void signal(Run run, AgentSpec spec) {
        run.stopSignalDue = false;
        int signal;
        try {
            signal = Signals.number(spec.stop().signal());
        } catch (StratoswarmException e) {
            LOG.warn("Agent {}: {}; it is stopped with TERM", run.agent, e.getMessage());
            signal = 15;
        }
        context.host.signal(run.agent, run.incarnation, signal);
        // One that was halted by SIGSTOP hears of it only once it goes on.
        context.host.signal(run.agent, run.incarnation, Signals.number("CONT"));
    }

    private void escalate(Run run, long graceMillis) {
        AgentState state = context.current(run.agent, run.incarnation);
        if (state == null || run.ended()) {
            return;
        }
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        String why = "it did not end within " + Texts.millis(graceMillis) + " of the stop signal";
        d.agent(
                Events.KILL_REQUESTED,
                run.agent,
                d.at().put("incarnation", run.incarnation).put("why", why));
        d.then(() -> kill(run));
        context.commit(d, () -> escalate(run, graceMillis));
    }

    private void kill(Run run) {
        if (context.current(run.agent, run.incarnation) != null && !run.ended()) {
            killAll(run.agent);
            context.after(KILL_AGAIN_NANOS, () -> {
                if (context.current(run.agent, run.incarnation) != null && !run.ended()) {
                    LOG.warn("Agent {} is still there {} after SIGKILL; it is sent again", run.agent, "5 s");
                    kill(run);
                }
            });
        }
    }

    /** SIGKILL of all that the agent started. */
    void killAll(String agent) {
        context.inBackground(agent, () -> context.host.killAll(agent));
    }

    /** Kills what is left of an agent that is down and removes what the host keeps of it; of one that is no more, all. */
    void release(String agent) {
        context.runs.remove(agent);
        boolean gone = context.decided().agent(agent) == null;
        context.inBackground(agent, () -> {
            if (gone) {
                context.host.release(agent);
            } else {
                context.host.clear(agent);
            }
        });
    }

    /** Cleans up after a durable end. */
    void afterEnd(String agent, Optional<AgentSpec> stopped, boolean release) {
        if (stopped.isPresent() && stopped.get().hooks().postStop().isPresent()) {
            AgentSpec spec = stopped.get();
            hooks.run(agent, spec, "postStop", spec.hooks().postStop().get(), ok -> cleanUp(agent, release));
        } else {
            cleanUp(agent, release);
        }
    }

    private void cleanUp(String agent, boolean release) {
        AgentState state = context.decided().agent(agent);
        if (state != null && state.up()) {
            // It was started again meanwhile; that start cleans up what was left.
            return;
        }
        if (release) {
            release(agent);
        } else {
            killAll(agent);
        }
    }
}
