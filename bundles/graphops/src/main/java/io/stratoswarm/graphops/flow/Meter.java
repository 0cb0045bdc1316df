package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Rates of flows over the last seconds, and how old what is in flight is. On the thread of the flows' worker. */
final class Meter {
    private static final double SECOND = 1e9;
    private static final long MILLI = 1_000_000;
    private static final int LOOKS = 6;

    /** What was seen of a flow at one moment. */
    private record Look(long nanos, long read, long readBytes, Map<Port, Long> blocked) {}

    /** Bytes that had come in by a moment. */
    private record Mark(long entered, long nanos) {}

    private static final class Past {
        final Deque<Look> looks = new ArrayDeque<>();
        final Map<String, Deque<Mark>> marks = new HashMap<>();
        final Map<String, Long> through = new HashMap<>();
    }

    private final Map<String, Past> pasts = new HashMap<>();

    /** Remembers where the flows of a graph are. */
    void look(GraphFlows graph, long nanos) {
        for (Flow flow : graph.flows()) {
            Past past = pasts.computeIfAbsent(graph.graph() + " " + flow.id(), any -> new Past());
            past.looks.addLast(look(graph, flow, nanos));
            while (past.looks.size() > LOOKS) {
                past.looks.removeFirst();
            }
            age(past, flow, nanos);
        }
    }

    private static Look look(GraphFlows graph, Flow flow, long nanos) {
        FlowLedger ledger = flow.ledger();
        Map<Port, Long> blocked = new HashMap<>();
        for (Port port : flow.wired().receivers()) {
            Receiver receiver = graph.receivers().get(port);
            blocked.put(port, receiver == null ? 0 : receiver.blockedNanos(nanos));
        }
        return new Look(nanos, ledger.read(), ledger.readBytes(), blocked);
    }

    private static void age(Past past, Flow flow, long nanos) {
        List<Strand> strands = flow.strands();
        for (int i = 0; i < strands.size(); i++) {
            Strand strand = strands.get(i);
            String name = flow.wired().sources().get(i).toString();
            Deque<Mark> marks = past.marks.computeIfAbsent(name, any -> new ArrayDeque<>());
            if (strand.outlets.stream().allMatch(Outlet::idle)) {
                past.through.put(name, strand.in.left());
            }
            long through = past.through.getOrDefault(name, 0L);
            if (marks.isEmpty() || marks.getLast().entered() < strand.in.entered()) {
                marks.addLast(new Mark(strand.in.entered(), nanos));
            }
            while (!marks.isEmpty() && marks.getFirst().entered() <= through) {
                marks.removeFirst();
            }
            // A flow that stands still for long has few marks; one that is slow has one for each look, so old ones are
            // merged.
            while (marks.size() > 1000) {
                marks.remove(marks.stream().skip(1).findFirst().orElseThrow());
            }
        }
    }

    List<FlowStatus> status(GraphFlows graph, long nanos) {
        graph.explain();
        List<FlowStatus> all = new ArrayList<>();
        for (Flow flow : graph.flows()) {
            Past past = pasts.getOrDefault(graph.graph() + " " + flow.id(), new Past());
            all.add(status(graph, flow, past, nanos));
        }
        return all;
    }

    private static FlowStatus status(GraphFlows graph, Flow flow, Past past, long nanos) {
        FlowLedger ledger = flow.ledger();
        Look before = past.looks.isEmpty() ? look(graph, flow, nanos) : past.looks.getFirst();
        Look now = look(graph, flow, nanos);
        double seconds = Math.max(0.001, (now.nanos() - before.nanos()) / SECOND);
        long lagBytes = flow.strands().stream().mapToLong(Strand::held).sum();
        return new FlowStatus(
                graph.graph(),
                flow.id(),
                flow.state(),
                flow.reason(),
                ledger,
                Math.max(0, now.read() - before.read()) / seconds,
                Math.max(0, now.readBytes() - before.readBytes()) / seconds,
                ledger.inFlight(),
                lagBytes,
                lagBytes == 0 ? OptionalLong.empty() : oldest(past, nanos),
                flow.wired().receivers().stream()
                        .map(it -> (now.blocked().getOrDefault(it, 0L)
                                        - before.blocked().getOrDefault(it, 0L))
                                / SECOND
                                / seconds)
                        .map(it -> Math.clamp(it, 0.0, 1.0))
                        .toList());
    }

    private static OptionalLong oldest(Past past, long nanos) {
        long oldest = nanos;
        for (Deque<Mark> marks : past.marks.values()) {
            oldest =
                    marks.isEmpty() ? oldest : Math.min(oldest, marks.getFirst().nanos());
        }
        return OptionalLong.of((nanos - oldest) / MILLI);
    }
}
