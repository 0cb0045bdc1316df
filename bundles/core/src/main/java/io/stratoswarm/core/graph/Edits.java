package io.stratoswarm.core.graph;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Rate;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.core.graph.Items.Declared;
import io.stratoswarm.core.manifest.Units;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Changes of a running graph by hand, without a manifest: of a node its replicas, of a flow its rate and its buffer. */
public final class Edits {
    /** What can be changed, as messages name it. */
    public static final String LIVE = "replicas of a node; rate, burst and buffer of a flow";

    private static final Pattern RECORDS = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)/s");
    private static final long MAX_BUFFER = 1L << 40;
    private static final String NONE = "none";

    private Edits() {}

    /**
     * @param id of a node where the changes are a node's, else of a flow
     * @param changes new value by property, as a manifest has it; {@code none} for no rate and no burst
     */
    public static Declared apply(String graph, Declared running, String id, Map<String, String> changes) {
        if (changes.isEmpty()) {
            throw invalid("nothing to set; these can be: " + LIVE);
        }
        for (String property : changes.keySet()) {
            if (!List.of("replicas", "rate", "burst", "buffer").contains(property)) {
                throw invalid("'" + property + "' cannot be set while the graph runs; these can be: " + LIVE
                        + "; for all else change the manifest and apply it");
            }
        }
        if (!changes.containsKey("replicas")) {
            return flow(graph, running, id, changes);
        }
        if (changes.size() > 1) {
            throw invalid("replicas are of a node, and the others of a flow; set them one after the other");
        }
        return node(graph, running, id, replicas(changes.get("replicas")));
    }

    private static int replicas(String text) {
        try {
            int replicas = Integer.parseInt(text);
            if (replicas >= 1 && replicas <= ManifestRules.MAX_REPLICAS) {
                return replicas;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number out of range.
            throw invalid("replicas must be 1.." + ManifestRules.MAX_REPLICAS + ", not '" + text + "'", e);
        }
        throw invalid("replicas must be 1.." + ManifestRules.MAX_REPLICAS + ", not " + text);
    }

    private static Declared node(String graph, Declared running, String id, int replicas) {
        List<NodeSpec> nodes = new ArrayList<>();
        boolean found = false;
        for (NodeSpec node : running.nodes()) {
            if (node.id().equals(id)) {
                found = true;
                nodes.add(new NodeSpec(
                        id,
                        node.agent(),
                        replicas,
                        node.dependsOn(),
                        node.kind(),
                        node.channels(),
                        node.request(),
                        node.policies()));
            } else {
                nodes.add(node);
            }
        }
        if (!found) {
            throw missing(
                    "node",
                    graph,
                    id,
                    running.nodes().stream().map(NodeSpec::id).toList());
        }
        return new Declared(running.description(), running.rules(), nodes, running.flows());
    }

    private static Declared flow(String graph, Declared running, String id, Map<String, String> changes) {
        List<FlowSpec> flows = new ArrayList<>();
        boolean found = false;
        for (FlowSpec flow : running.flows()) {
            found |= flow.id().equals(id);
            flows.add(flow.id().equals(id) ? changed(flow, changes) : flow);
        }
        if (!found) {
            throw missing(
                    "flow",
                    graph,
                    id,
                    running.flows().stream().map(FlowSpec::id).toList());
        }
        return new Declared(running.description(), running.rules(), running.nodes(), flows);
    }

    private static FlowSpec changed(FlowSpec f, Map<String, String> changes) {
        Optional<Rate> rate = changes.containsKey("rate") ? rate(f, changes.getOrDefault("rate", NONE)) : f.rate();
        if (changes.containsKey("burst")) {
            Rate limited = rate.orElseThrow(
                    () -> invalid("'burst' is only for a flow with a rate; flow " + f.id() + " has none"));
            String text = changes.getOrDefault("burst", NONE);
            rate = Optional.of(new Rate(
                    limited.bytes(),
                    limited.perSecond(),
                    text.equals(NONE) ? OptionalLong.empty() : OptionalLong.of(size("burst", text))));
        }
        long buffer =
                changes.containsKey("buffer") ? size("buffer", changes.getOrDefault("buffer", "")) : f.bufferBytes();
        if (buffer > MAX_BUFFER) {
            throw invalid("'buffer' must be at most 1TiB");
        }
        return new FlowSpec(
                f.id(),
                f.from(),
                f.to(),
                f.data(),
                f.result(),
                f.transforms(),
                rate,
                f.framing(),
                f.maxRecordBytes(),
                buffer,
                f.delivery(),
                f.routing(),
                f.labels());
    }

    private static Optional<Rate> rate(FlowSpec flow, String text) {
        if (text.equals(NONE)) {
            return Optional.empty();
        }
        Matcher records = RECORDS.matcher(text);
        boolean ofRecords = records.matches();
        OptionalLong bytes = Units.bytesPerSecond(text);
        double perSecond = ofRecords ? Double.parseDouble(records.group(1)) : bytes.isPresent() ? bytes.getAsLong() : 0;
        if (perSecond <= 0) {
            throw invalid(
                    "'rate' must be records a second such as \"1000/s\", bytes such as \"16MiB/s\", or none, not '"
                            + text + "'");
        }
        if (ofRecords && flow.framing() == FlowSpec.Framing.BYTES) {
            throw invalid("flow " + flow.id() + " knows no records; give its rate in bytes such as \"16MiB/s\"");
        }
        return Optional.of(
                new Rate(!ofRecords, perSecond, flow.rate().map(Rate::burst).orElse(OptionalLong.empty())));
    }

    private static long size(String property, String text) {
        OptionalLong size = Units.size(text);
        if (size.isEmpty() || size.getAsLong() < 1) {
            throw invalid("'" + property + "' must be a size such as \"64KiB\", not '" + text + "'");
        }
        return size.getAsLong();
    }

    /**
     * A flow that does not say how several receivers share its records copies them to each: that was no choice where there was
     * one receiver, so it must not become one silently.
     *
     * @param declared what the manifest says, where the flow's author made the choice
     * @param result what shall run
     */
    public static Optional<String> spreads(Declared declared, Declared result) {
        Map<String, Integer> before = receivers(declared);
        for (Map.Entry<String, Integer> flow : receivers(result).entrySet()) {
            Integer was = before.get(flow.getKey());
            if (was != null && was == 1 && flow.getValue() > 1) {
                return Optional.of(
                        "flow " + flow.getKey() + " would have " + flow.getValue()
                                + " receivers and copy each record to all of them; declare a 'route' for it in the manifest first");
            }
        }
        return Optional.empty();
    }

    private static Map<String, Integer> receivers(Declared declared) {
        Map<String, Integer> replicas = new HashMap<>();
        declared.nodes().forEach(node -> replicas.put(node.id(), node.replicas()));
        Map<String, Integer> receivers = new TreeMap<>();
        for (FlowSpec flow : declared.flows()) {
            if (flow.routing() instanceof Routing.Copy) {
                receivers.put(
                        flow.id(),
                        flow.to().stream()
                                .mapToInt(end -> replicas.getOrDefault(end.node(), 1))
                                .sum());
            }
        }
        return receivers;
    }

    private static StratoswarmException missing(String what, String graph, String id, List<String> known) {
        return new StratoswarmException(
                Kind.NOT_FOUND,
                "graph " + graph + " has no " + what + " '" + id + "'; it has "
                        + (known.isEmpty() ? "none" : String.join(", ", known.subList(0, Math.min(known.size(), 20)))));
    }

    private static StratoswarmException invalid(String message) {
        return new StratoswarmException(Kind.INVALID, message);
    }

    private static StratoswarmException invalid(String message, Throwable cause) {
        return new StratoswarmException(Kind.INVALID, message, cause);
    }
}
