package io.stratoswarm.graphops.reshape;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.flow.FlowStatus;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a reshape has seen of one graph, looked at whenever its script might be called; gone with the script's version. */
final class History {
    static final int MOST = 60;

    private final ReshapeSettings settings;
    private final Map<String, Seen> flows = new HashMap<>();
    private final Map<String, Deque<NodeSample>> nodes = new HashMap<>();

    /** Of one flow. */
    private static final class Seen {
        final Deque<FlowSample> samples = new ArrayDeque<>();
        long work = -1;
        long workedNanos;
        /** Since when the condition holds; 0 where it does not. */
        long heldSince;
    }

    private record NodeSample(long nanos, long restarts, long ready) {}

    History(ReshapeSettings settings) {
        this.settings = settings;
    }

    void look(List<FlowStatus> statuses, Map<String, List<AgentStatus>> agents, long now) {
        flows.keySet().retainAll(statuses.stream().map(FlowStatus::flow).toList());
        statuses.forEach(status -> look(status, now));
        nodes.keySet().retainAll(agents.keySet());
        agents.forEach((node, of) -> add(
                nodes.computeIfAbsent(node, any -> new ArrayDeque<>()),
                new NodeSample(
                        now,
                        of.stream().mapToLong(AgentStatus::restarts).sum(),
                        of.stream()
                                .filter(agent -> agent.phase() == AgentPhase.READY)
                                .count())));
    }

    private void look(FlowStatus status, long now) {
        Seen seen = flows.computeIfAbsent(status.flow(), any -> new Seen());
        long work = status.ledger().read() + status.ledger().delivered();
        if (work != seen.work) {
            seen.work = work;
            seen.workedNanos = now;
        }
        FlowSample sample = new FlowSample(
                now,
                status.lagRecords(),
                status.lagBytes(),
                finite(status.recordsPerSecond()),
                status.backpressure().stream()
                        .mapToDouble(History::finite)
                        .max()
                        .orElse(0),
                FlowSample.seconds(now - seen.workedNanos));
        add(seen.samples, sample);
        settings.when()
                .filter(when -> ReshapeSettings.matches(when.flow(), status.flow()))
                .ifPresent(
                        when -> seen.heldSince = !when.holds(sample) ? 0 : seen.heldSince == 0 ? now : seen.heldSince);
    }

    /** JSON has no other numbers. */
    private static double finite(double value) {
        return Double.isFinite(value) ? Math.round(value * 1_000) / 1_000.0 : 0;
    }

    private static <T> void add(Deque<T> samples, T sample) {
        samples.addLast(sample);
        if (samples.size() > MOST) {
            samples.removeFirst();
        }
    }

    /** Whether the condition of the header has held for long enough, for any flow; without a condition always. */
    boolean holds(long now) {
        return settings.when()
                .map(when -> flows.values().stream()
                        .anyMatch(
                                seen -> seen.heldSince != 0 && now - seen.heldSince >= when.holdMillis() * 1_000_000L))
                .orElse(true);
    }

    /** The last sample, and those before it. */
    void put(String flow, ObjectNode into, long now) {
        Seen seen = flows.get(flow);
        ArrayNode array = into.putArray("history");
        if (seen != null) {
            into.put("idleSeconds", seen.samples.getLast().idleSeconds());
            into.put("backpressure", seen.samples.getLast().backpressure());
            into.put("ratePerSecond", seen.samples.getLast().ratePerSecond());
            seen.samples.forEach(sample -> array.add(sample.json(now)));
        }
    }

    /** @param inputs flows into the node */
    void putNode(String node, Collection<String> inputs, ObjectNode into, long now) {
        inputs.stream()
                .flatMap(flow -> Stream.ofNullable(flows.get(flow)))
                .mapToDouble(seen -> seen.samples.getLast().idleSeconds())
                .min()
                .ifPresent(idle -> into.put("idleSeconds", idle));
        ArrayNode array = into.putArray("history");
        nodes.getOrDefault(node, new ArrayDeque<>())
                .forEach(sample -> array.addObject()
                        .put("ago", FlowSample.seconds(now - sample.nanos()))
                        .put("restarts", sample.restarts())
                        .put("ready", sample.ready()));
    }
}
