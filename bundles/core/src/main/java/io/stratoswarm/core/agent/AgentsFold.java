package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.journal.Event;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Folds the supervisor's events into {@link AgentsState}. Pure: an event carries every time and every choice, so the same events
 * give the same state. Events of others, and types that it does not know, change nothing.
 */
final class AgentsFold {
    private AgentsFold() {}

    static void apply(AgentsState state, Event event) {
        apply(state, event.source(), event.type(), event.subject(), event.sequence(), event.payload());
    }

    /** As above for a draft that has no sequence yet, which is then -1. */
    static void apply(AgentsState state, String source, String type, String subject, long sequence, byte[] payload) {
        if (!source.equals(Events.SOURCE)) {
            return;
        }
        try {
            if (subject.startsWith(Events.AGENT)) {
                AgentState old = state.agents.get(subject.substring(Events.AGENT.length()));
                if (old != null) {
                    agent(state, old, type, sequence, Fields.of(payload));
                }
            } else if (subject.startsWith(Events.GRAPH)) {
                GraphFold.apply(state, subject.substring(Events.GRAPH.length()), type, sequence, payload);
            } else if (type.equals(Events.DAEMON_STARTED)) {
                state.bootId = Fields.of(payload).bootId;
                state.daemonStarts++;
            }
        } catch (IOException | RuntimeException e) {
            throw new IllegalStateException(
                    "event " + sequence + " (" + type + " of " + subject + ") has a payload that cannot be folded: "
                            + e.getMessage(),
                    e);
        }
    }

    private static void agent(AgentsState state, AgentState old, String type, long sequence, Fields f) {
        AgentState a = change(old.copy(), type, f);
        if (a == null) {
            state.incarnationFloor = Math.max(state.incarnationFloor, old.incarnation);
            state.remove(old);
            GraphFold.afterRemoval(state, old);
            return;
        }
        if (sequence >= 0) {
            a.sequence = sequence;
        }
        state.put(a);
        if (a.specVersion != old.specVersion) {
            GraphFold.dropUnusedSpecs(state, a.graph, a.node);
        }
    }

    /** The agent after the event, or null where it is gone. */
    private static @Nullable AgentState change(AgentState a, String type, Fields f) {
        switch (type) {
            case Events.START_REQUESTED -> startRequested(a, f);
            case Events.STARTED -> {
                a.pid = f.pid;
                a.started = f.started;
                if (a.phase == AgentPhase.STARTING) {
                    a.ready = f.ready;
                    enter(a, f.ready ? AgentPhase.READY : AgentPhase.RUNNING, f.at, "runs");
                }
            }
            case Events.PLACED -> {
                a.place = f.place;
                a.cpus = f.cpus;
                a.memoryNodes = f.memoryNodes;
            }
            case Events.LIMITED -> a.unlimited = f.why;
            case Events.READY -> {
                a.ready = true;
                enter(a, AgentPhase.READY, f.at, f.why);
            }
            case Events.HEALTHY -> {
                a.healthy = true;
                if (a.phase == AgentPhase.UNHEALTHY) {
                    enter(a, a.ready ? AgentPhase.READY : AgentPhase.RUNNING, f.at, f.why);
                }
            }
            case Events.UNHEALTHY -> {
                a.healthy = false;
                enter(a, AgentPhase.UNHEALTHY, f.at, f.why);
            }
            case Events.INPUT_ENDED -> {
                Set<String> ended = new TreeSet<>(a.endedInputs);
                ended.add(f.channel);
                a.endedInputs = Set.copyOf(ended);
            }
            case Events.STOP_REQUESTED -> {
                a.then = AgentState.Then.valueOf(f.then);
                enter(a, AgentPhase.STOPPING, f.at, f.why);
            }
            case Events.EXITED, Events.SETUP_FAILED -> ended(a, f);
            case Events.RESTART_SCHEDULED -> {
                a.held = null;
                a.due = f.due;
                a.streak = f.streak;
                enter(a, AgentPhase.BACKOFF, f.at, a.reason);
            }
            case Events.RELEASED -> {
                a.streak = 0;
                a.recent = new long[0];
                a.resume = false;
                down(a);
                enter(a, AgentPhase.WAITING, f.at, f.why);
            }
            case Events.WAITING -> {
                a.held = null;
                enter(a, AgentPhase.WAITING, f.at, f.why);
            }
            case Events.LEASED -> a.lease = new AgentState.LeaseState(f.holder, f.until, f.millis, f.reason);
            case Events.LEASE_ENDED -> a.lease = null;
            case Events.HELD -> {
                a.held = new AgentState.HeldEnd(f.success, f.ranMillis);
                enter(a, AgentPhase.BACKOFF, f.at, a.reason);
            }
            case Events.STOPPED -> {
                a.resume = f.restart;
                down(a);
                enter(a, AgentPhase.STOPPED, f.at, f.why);
            }
            case Events.COMPLETED -> {
                a.held = null;
                a.completed = true;
                enter(a, f.waits ? AgentPhase.WAITING : AgentPhase.COMPLETED, f.at, a.reason);
            }
            case Events.FAILED -> {
                a.held = null;
                enter(a, f.waits ? AgentPhase.WAITING : AgentPhase.FAILED, f.at, f.why);
            }
            case Events.QUARANTINED -> {
                a.held = null;
                enter(a, AgentPhase.QUARANTINED, f.at, f.why);
            }
            case Events.REMOVED -> {
                return null;
            }
            default -> {
                // A fact that changes no state, such as a signal that was sent.
            }
        }
        return a;
    }

    private static void startRequested(AgentState a, Fields f) {
        if (f.restart) {
            a.restarts++;
            long[] kept = Arrays.stream(a.recent).filter(t -> t >= f.keepFrom).toArray();
            a.recent = Arrays.copyOf(kept, kept.length + 1);
            a.recent[kept.length] = f.at;
        }
        a.streak = f.streak;
        a.incarnation = f.incarnation;
        a.specVersion = f.spec;
        a.due = 0;
        a.then = AgentState.Then.NONE;
        a.ready = false;
        a.healthy = false;
        a.unlimited = "";
        a.completed = false;
        a.endedInputs = Set.of();
        a.held = null;
        a.pid = 0;
        a.started = 0;
        enter(a, AgentPhase.STARTING, f.at, f.why);
    }

    private static void ended(AgentState a, Fields f) {
        down(a);
        a.completed = false;
        if (!f.exit.isEmpty()) {
            a.lastExit = f.exit;
        }
        enter(a, AgentPhase.FAILED, f.at, f.why);
    }

    private static void down(AgentState a) {
        a.pid = 0;
        a.started = 0;
        a.due = 0;
        a.ready = false;
        a.healthy = false;
        a.held = null;
        a.then = AgentState.Then.NONE;
    }

    private static void enter(AgentState a, AgentPhase phase, long at, String reason) {
        if (a.phase != phase) {
            a.phase = phase;
            a.since = at;
        }
        a.reason = reason;
    }
}
