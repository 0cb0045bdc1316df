package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.core.process.ExitStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the process host tells of an agent, and what follows from its end. */
final class Life {
    private final Context context;
    private final Starts starts;
    private final Stops stops;
    private final Probing probing;

    Life(Context context, Starts starts, Stops stops, Probing probing) {
        this.context = context;
        this.starts = starts;
        this.stops = stops;
        this.probing = probing;
    }

    void started(String agent, long incarnation, int pid, long startedNanos) {
        AgentState state = context.current(agent, incarnation);
        Run run = context.run(agent, incarnation);
        if (state == null || run == null || run.started) {
            return;
        }
        run.started = true;
        if (run.stopSignalDue) {
            stops.signal(run, context.decided().spec(state));
        }
        recordStart(run, pid, startedNanos);
    }

    private void recordStart(Run run, int pid, long startedNanos) {
        AgentState state = context.current(run.agent, run.incarnation);
        if (state == null || state.started != 0) {
            return;
        }
        AgentSpec spec = context.decided().spec(state);
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        ObjectNode fields = d.at().put("incarnation", run.incarnation)
                .put("started", startedNanos)
                .put("ready", spec.readiness().isEmpty());
        if (pid != 0) {
            fields.put("pid", pid);
        }
        d.agent(Events.STARTED, run.agent, fields);
        starts.startDependants(d, state);
        d.then(() -> starts.afterStart(run));
        context.commit(d, () -> recordStart(run, pid, startedNanos));
        probing.begin(run, startedNanos);
    }

    void setupFailed(String agent, long incarnation, String message) {
        AgentState state = context.current(agent, incarnation);
        if (state == null) {
            return;
        }
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        ObjectNode fields = d.at().put("incarnation", incarnation).put("why", "could not be started: " + message);
        ended(d, state, Events.SETUP_FAILED, fields, false, 0);
        context.commit(d, () -> setupFailed(agent, incarnation, message));
    }

    void exited(String agent, long incarnation, ExitStatus status, long timeNanos) {
        AgentState state = context.current(agent, incarnation);
        if (state == null) {
            return;
        }
        Run run = context.run(agent, incarnation);
        long began = state.started != 0 ? state.started : state.since;
        long ran = run != null && run.probed ? run.ranNanos(context.monotonic.getAsLong()) : timeNanos - began;
        long ranMillis = Math.max(0, ran) / Texts.MILLI;
        String exit = Texts.exit(status);
        String note = run == null || run.note.isEmpty() ? "" : " (" + run.note + ")";
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        ObjectNode fields = d.at().put("incarnation", incarnation)
                .put("code", status.code())
                .put("signal", status.signal())
                .put("exit", exit)
                .put("ended", timeNanos)
                .put("ranMillis", ranMillis)
                .put("why", policyStop(state) + exit + " after " + Texts.millis(ranMillis) + drained(state) + note);
        ended(d, state, Events.EXITED, fields, status.success(), ranMillis);
        context.commit(d, () -> exited(agent, incarnation, status, timeNanos));
    }

    /** Where a failed probe had it stopped, that is why it ended; the signal alone would look like somebody else's. */
    private static String policyStop(AgentState state) {
        boolean stopped = state.phase == AgentPhase.STOPPING && state.then == AgentState.Then.POLICY;
        return stopped ? state.reason + "; " : "";
    }

    private static String drained(AgentState state) {
        return state.endedInputs.isEmpty()
                ? ""
                : ", told the end of " + String.join(", ", new TreeSet<>(state.endedInputs));
    }

    /** What it ran in is gone: it starts anew. Its restart policy neither counts that nor forgets what it has counted. */
    void displaced(String agent, long incarnation, String reason) {
        AgentState state = context.current(agent, incarnation);
        if (state == null) {
            return;
        }
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        ObjectNode fields = d.at().put("incarnation", incarnation)
                .put("code", ExitStatus.UNKNOWN.code())
                .put("signal", ExitStatus.UNKNOWN.signal())
                .put("exit", "displaced")
                .put("why", "ended: " + reason);
        if (state.then == AgentState.Then.NONE) {
            d.agent(Events.EXITED, agent, fields);
            endRun(state);
            AgentState now = Objects.requireNonNull(context.decided().agent(agent));
            if (Dependencies.unmet(context.decided(), now).isPresent()) {
                d.agent(Events.WAITING, agent, d.at().put("why", now.reason));
                d.then(() -> stops.afterEnd(agent, Optional.empty(), false));
            } else {
                starts.request(d, now, "started again, since " + reason, Optional.empty());
            }
        } else {
            ended(d, state, Events.EXITED, fields, false, Long.MAX_VALUE);
        }
        context.commit(d, () -> displaced(agent, incarnation, reason));
    }

    /** It is gone and nobody saw how. */
    void lost(String agent, long incarnation, String reason) {
        AgentState state = context.current(agent, incarnation);
        if (state == null) {
            return;
        }
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        ObjectNode fields = d.at().put("incarnation", incarnation)
                .put("code", ExitStatus.UNKNOWN.code())
                .put("signal", ExitStatus.UNKNOWN.signal())
                .put("exit", "lost")
                .put("why", "lost: " + reason);
        ended(d, state, Events.EXITED, fields, false, Long.MAX_VALUE);
        context.commit(d, () -> lost(agent, incarnation, reason));
    }

    /** No process of this incarnation was ever asked for, and now a stop is wanted. */
    void neverRan(String agent, long incarnation) {
        AgentState state = context.current(agent, incarnation);
        if (state == null || state.phase != AgentPhase.STOPPING) {
            return;
        }
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        after(d, state, context.decided().spec(state), false, 0);
        context.commit(d, () -> neverRan(agent, incarnation));
    }

    /** The end itself and what follows from it, in one append. */
    private void ended(
            Ledger.Decision d, AgentState before, String type, ObjectNode fields, boolean success, long ranMillis) {
        AgentSpec spec = context.decided().spec(before);
        d.agent(type, before.id, fields);
        after(d, before, spec, success, ranMillis);
    }

    private void after(Ledger.Decision d, AgentState before, AgentSpec spec, boolean success, long ranMillis) {
        Run run = endRun(before);
        boolean stopHook = before.phase == AgentPhase.STOPPING && run != null && run.stopBegun && run.issued;
        Optional<AgentSpec> hook = stopHook ? Optional.of(spec) : Optional.empty();
        switch (before.then) {
            case DOWN -> stopped(d, before, false, hook);
            case SHUTDOWN -> stopped(d, before, true, hook);
            case REMOVE -> {
                remove(d, before.id);
                d.then(() -> stops.afterEnd(before.id, hook, true));
            }
            case RESTART -> startOrWait(d, before, "started again after " + before.reason, hook);
            case POLICY, NONE ->
                policy(d, before, spec, success && before.then == AgentState.Then.NONE, ranMillis, hook);
        }
    }

    private @Nullable Run endRun(AgentState before) {
        Run run = context.runs.get(before.id);
        if (run != null && run.incarnation == before.incarnation) {
            run.end();
            probing.end(run);
        }
        context.dirty.add(before.graph);
        return run;
    }

    private void stopped(Ledger.Decision d, AgentState before, boolean resume, Optional<AgentSpec> hook) {
        AgentState now = context.decided().agent(before.id);
        String how = now == null || now.reason.equals(before.reason) ? "" : "; " + now.reason;
        d.agent(
                Events.STOPPED,
                before.id,
                d.at().put("why", before.reason + how).put("restart", resume));
        d.then(() -> stops.afterEnd(before.id, hook, true));
    }

    /** Also ends the graph where it is being deleted and this was its last agent. */
    void remove(Ledger.Decision d, String agent) {
        AgentState state = context.decided().agent(agent);
        if (state == null) {
            return;
        }
        if (state.lease != null) {
            String why = "the agent is removed";
            d.agent(
                    Events.LEASE_ENDED,
                    agent,
                    d.at().put("holder", state.lease.holder()).put("why", why));
        }
        List<Cause> cause = d.lastOf(state);
        d.agent(Events.REMOVED, agent, d.at());
        GraphState graph = context.decided().graphs.get(state.graph);
        if (graph != null
                && graph.deleting()
                && context.decided().agentsOf(graph).findAny().isEmpty()) {
            d.add(Events.GRAPH_DELETED, Events.GRAPH + graph.name(), d.at(), cause);
        }
    }

    private void startOrWait(Ledger.Decision d, AgentState before, String why, Optional<AgentSpec> hook) {
        d.agent(Events.RELEASED, before.id, d.at().put("why", why));
        AgentState released = context.decided().agent(before.id);
        if (released == null) {
            return;
        }
        AgentSpec declared = context.decided().nodeOf(released).declared();
        boolean scheduled = declared.lifecycle().waits();
        if (!scheduled && Dependencies.unmet(context.decided(), released).isEmpty()) {
            starts.request(d, released, why, hook);
        } else {
            d.then(() -> stops.afterEnd(before.id, hook, true));
        }
    }

    private void policy(
            Ledger.Decision d,
            AgentState before,
            AgentSpec spec,
            boolean success,
            long ranMillis,
            Optional<AgentSpec> hook) {
        AgentState now = context.decided().agent(before.id);
        if (now == null) {
            return;
        }
        boolean waits = spec.lifecycle().waits();
        RestartRules.Verdict verdict =
                RestartRules.afterEnd(before, spec, success, ranMillis, context.ledger.now(), context.random);
        if (now.lease != null && !(verdict instanceof RestartRules.Verdict.Complete)) {
            d.agent(
                    Events.HELD,
                    before.id,
                    d.at().put("success", success)
                            .put("ranMillis", ranMillis)
                            .put("why", now.reason + "; what follows is held by " + now.lease.holder()));
            d.then(() -> stops.afterEnd(before.id, hook, false));
            return;
        }
        follow(d, before, now, verdict, waits, hook);
    }

    private void follow(
            Ledger.Decision d,
            AgentState before,
            AgentState now,
            RestartRules.Verdict verdict,
            boolean waits,
            Optional<AgentSpec> hook) {
        switch (verdict) {
            case RestartRules.Verdict.Complete v -> {
                d.agent(Events.COMPLETED, before.id, d.at().put("waits", waits));
                starts.startDependants(d, before);
                d.then(() -> stops.afterEnd(before.id, hook, true));
            }
            case RestartRules.Verdict.Fail v -> {
                String why = now.reason + (waits ? "" : "; its policy does not restart it");
                d.agent(Events.FAILED, before.id, d.at().put("waits", waits).put("why", why));
                d.then(() -> stops.afterEnd(before.id, hook, true));
            }
            case RestartRules.Verdict.Quarantine v -> {
                String why = now.reason + "; " + Texts.count(v.restarts(), "restart") + " within "
                        + Texts.millis(v.windowMillis()) + " are the limit; mend the cause, then start it";
                d.agent(
                        Events.QUARANTINED,
                        before.id,
                        d.at().put("restarts", v.restarts())
                                .put("windowMillis", v.windowMillis())
                                .put("why", why));
                d.then(() -> stops.afterEnd(before.id, hook, true));
            }
            case RestartRules.Verdict.Later v -> {
                long due = context.ledger.now() + v.delayMillis() * Texts.MILLI;
                d.agent(
                        Events.RESTART_SCHEDULED,
                        before.id,
                        d.at().put("due", due)
                                .put("delayMillis", v.delayMillis())
                                .put("streak", v.streak())
                                .put("number", before.restarts + 1));
                d.then(() -> {
                    stops.afterEnd(before.id, hook, false);
                    starts.arm(before.id);
                });
            }
            case RestartRules.Verdict.Now v -> restartNow(d, now, v, hook);
        }
    }

    /** What its restart policy says to an end that was held until now. */
    void afterHold(Ledger.Decision d, AgentState held, AgentState.HeldEnd end) {
        policy(d, held, context.decided().spec(held), end.success(), end.ranMillis(), Optional.empty());
    }

    private void restartNow(
            Ledger.Decision d, AgentState now, RestartRules.Verdict.Now verdict, Optional<AgentSpec> hook) {
        Optional<String> unmet = Dependencies.unmet(context.decided(), now);
        if (unmet.isPresent()) {
            d.agent(Events.WAITING, now.id, d.at().put("why", now.reason));
            d.then(() -> stops.afterEnd(now.id, hook, false));
        } else {
            starts.restart(d, now, verdict.streak(), verdict.keepFrom(), hook);
        }
    }

    void announcedReady(String agent, long incarnation) {
        Run run = context.run(agent, incarnation);
        if (run != null) {
            run.announcedReady = true;
            probing.announced(run);
        }
    }

    void watchdog(String agent, long incarnation) {
        Run run = context.run(agent, incarnation);
        if (run != null) {
            run.watchdogNanos = context.monotonic.getAsLong();
        }
    }

    void limited(String agent, long incarnation, List<String> unavailable) {
        AgentState state = context.current(agent, incarnation);
        if (state != null) {
            Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
            ObjectNode fields = d.at().put("incarnation", incarnation).put("why", Reasons.unlimited(unavailable));
            var array = fields.putArray("unavailable");
            new ArrayList<>(unavailable).forEach(array::add);
            d.agent(Events.LIMITED, agent, fields);
            context.commit(d, () -> limited(agent, incarnation, unavailable));
        }
    }

    void note(String agent, long incarnation, String message) {
        AgentState state = context.current(agent, incarnation);
        if (state != null) {
            Run run = context.run(agent, incarnation);
            if (run != null) {
                run.note = message;
            }
            Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
            d.agent(Events.NOTED, agent, d.at().put("incarnation", incarnation).put("note", message));
            context.commit(d, () -> note(agent, incarnation, message));
        }
    }
}
