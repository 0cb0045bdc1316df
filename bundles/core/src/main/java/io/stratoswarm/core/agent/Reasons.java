package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Lease;
import io.stratoswarm.core.graph.BuiltinCodec;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The status of an agent as people read it: state, and one line that says why. */
final class Reasons {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

    private static final Pattern LIMIT = Pattern.compile("^limit of (\\w+)");

    private Reasons() {}

    static AgentStatus status(AgentsState state, AgentState a, long now, ZoneId zone) {
        NodeState node = state.node(a);
        String command = node == null ? "" : BuiltinCodec.text(node.spec(a.specVersion));
        return new AgentStatus(
                a.id,
                a.graph,
                a.node,
                a.replica,
                a.phase,
                reason(state, a, node, now, zone) + (a.phase.running() ? a.unlimited : ""),
                a.since,
                a.pid == 0 ? OptionalInt.empty() : OptionalInt.of(a.pid),
                a.started == 0 ? OptionalLong.empty() : OptionalLong.of(a.started),
                a.everStarted() ? a.incarnation : 0,
                a.restarts,
                a.lastExit.isEmpty() ? Optional.empty() : Optional.of(a.lastExit),
                command,
                Optional.ofNullable(a.lease)
                        .map(lease -> new Lease(a.id, lease.holder(), lease.until(), lease.reason())));
    }

    /** Names the limits and not why each fails: that is in the event and in 'doctor', and the line is short. */
    static String unlimited(List<String> unavailable) {
        List<String> names = unavailable.stream()
                .map(LIMIT::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1))
                .distinct()
                .toList();
        return names.isEmpty()
                ? "; without its own cgroup, see doctor"
                : "; without its limit of " + String.join(", ", names) + ", see doctor";
    }

    private static String reason(
            AgentsState state, AgentState a, @org.jspecify.annotations.Nullable NodeState node, long now, ZoneId zone) {
        if (node == null) {
            return a.reason;
        }
        return switch (a.phase) {
            case WAITING -> waiting(state, a, node, now, zone);
            case RUNNING -> {
                AgentSpec spec = node.spec(a.specVersion);
                yield spec.readiness()
                        .map(probe -> "runs; waits for readiness: "
                                + (spec.builtin().isPresent() ? "its own word" : describe(probe)))
                        .orElse(a.reason);
            }
            case BACKOFF ->
                a.lease != null
                        ? a.reason + "; held by " + a.lease.holder() + " for "
                                + Texts.duration(Math.max(0, a.lease.until() - now)) + " more: " + a.lease.reason()
                        : a.reason + "; restart " + (a.restarts + 1) + " in "
                                + Texts.duration(Math.max(0, a.due - now));
            case STOPPING ->
                Dependencies.stopsAfter(state, a)
                        .map(first -> a.reason + "; waits until " + first + " is down")
                        .orElse(a.reason);
            default -> a.reason;
        };
    }

    private static String waiting(AgentsState state, AgentState a, NodeState node, long now, ZoneId zone) {
        Optional<String> unmet = Dependencies.unmet(state, a);
        AgentSpec spec = node.declared();
        if (!spec.lifecycle().waits()) {
            return unmet.orElse(a.reason);
        }
        String last = a.everStarted() ? "last run: " + a.reason + "; " : "";
        if (spec.lifecycle() == Lifecycle.MANUAL) {
            return last + "starts by a command alone"
                    + unmet.map(why -> ", and " + why).orElse("");
        }
        String next = spec.schedule()
                .flatMap(expression -> CronSchedule.parse(expression).next(now, zone))
                .map(time ->
                        "next run at " + TIME.format(ZonedDateTime.ofInstant(Instant.ofEpochSecond(0, time), zone)))
                .orElse("its schedule names no time to come");
        return last + next + unmet.map(why -> ", but " + why).orElse("");
    }

    private static String describe(Probe probe) {
        return switch (probe.action()) {
            case ProbeAction.NotifyFd a -> "a newline on descriptor " + a.fd();
            case ProbeAction.NotifySocket a -> "READY=1 on NOTIFY_SOCKET";
            case ProbeAction.Tcp a -> "tcp " + a.host() + ":" + a.port();
            case ProbeAction.Http a -> "GET " + a.url();
            case ProbeAction.Exec a -> "exit 0 of " + String.join(" ", a.command());
            case ProbeAction.LogPattern a -> "output that matches " + a.regex();
        };
    }

    /** Whether the agent is down for good until someone acts. */
    static boolean down(AgentPhase phase) {
        return switch (phase) {
            case STOPPED, COMPLETED, FAILED, QUARANTINED -> true;
            default -> false;
        };
    }
}
