package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.Condition;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.FlowSpec.Transform;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.core.manifest.FlowReader.Draft;
import io.stratoswarm.core.manifest.FlowReader.PlacedEnd;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What must hold between flows and nodes: their ends are there, what they carry fits, and they go round nowhere. */
final class FlowChecks {
    private final Problems problems;
    private final Map<String, NodeSpec> nodes;
    private final Map<String, DataType> types;

    /** What the flows of one channel must agree in. */
    private record Carried(String flow, DataType type, Framing framing) {}

    private final Map<String, Carried> out = new HashMap<>();
    private final Map<String, Carried> in = new HashMap<>();

    FlowChecks(Problems problems, Map<String, NodeSpec> nodes, Map<String, DataType> types) {
        this.problems = problems;
        this.nodes = nodes;
        this.types = types;
    }

    List<FlowSpec> resolve(List<Draft> drafts) {
        List<FlowSpec> flows = new ArrayList<>();
        Map<String, Integer> ids = new HashMap<>();
        for (Draft draft : drafts) {
            Integer first = ids.putIfAbsent(draft.id(), draft.fields().place().line());
            if (first != null && !draft.id().isEmpty()) {
                problems.error(
                        draft.fields().keyPlace("id"),
                        "duplicate id '" + Problems.clip(draft.id(), 63) + "' of a flow; the first stands in line "
                                + first + "; give one of them another 'id'");
            }
            ends(draft);
            DataType data = source(draft);
            DataType result = result(draft, data);
            if (draft.from().isPresent()) {
                framing(draft, data);
                delivery(draft);
                agree(draft, data, result);
                flows.add(new FlowSpec(
                        draft.id(),
                        draft.from().get(),
                        draft.to().stream().map(PlacedEnd::end).toList(),
                        data,
                        result,
                        draft.transforms().stream()
                                .map(TransformReader.Placed::transform)
                                .toList(),
                        draft.rate(),
                        draft.framing(),
                        draft.maxRecordBytes(),
                        draft.bufferBytes(),
                        draft.delivery(),
                        routing(draft, result),
                        draft.labels()));
            }
        }
        cycles(drafts);
        new AckChecks(problems, nodes).check(drafts);
        return flows;
    }

    private void ends(Draft draft) {
        draft.from().ifPresent(end -> end(draft.fields().place("from"), end, true));
        Set<End> named = new HashSet<>();
        for (PlacedEnd to : draft.to()) {
            if (!named.add(to.end())) {
                problems.error(to.place(), "'" + to.end() + "' is named twice in 'to'");
            }
            end(to.place(), to.end(), false);
        }
    }

    private void end(GraphTree.Place place, End end, boolean out) {
        NodeSpec node = nodes.get(end.node());
        if (node == null) {
            problems.error(
                    place,
                    "the flow " + (out ? "begins" : "ends") + " at '" + Problems.clip(end.node(), 63)
                            + "', which is no node of this graph"
                            + (problems.listing() ? Nearest.hint(end.node(), nodes.keySet()) : ""));
            return;
        }
        if (out && node.kind() instanceof NodeKind.Sink || !out && node.kind() instanceof NodeKind.Source) {
            problems.error(
                    place,
                    out
                            ? "the sink '" + end.node() + "' gives no records; a flow cannot begin there"
                            : "the source '" + end.node() + "' takes no records; a flow cannot end there");
            return;
        }
        Map<String, Boolean> channels = new LinkedHashMap<>();
        channels.put(Channel.STDIN, false);
        channels.put(Channel.STDOUT, true);
        node.channels().forEach(channel -> channels.put(channel.name(), channel.out()));
        Boolean direction = channels.get(end.channel());
        if (direction == null) {
            problems.error(
                    place,
                    "node '" + end.node() + "' has no channel '" + Problems.clip(end.channel(), 63) + "'"
                            + Nearest.of(end.channel(), channels.keySet())
                                    .map(near -> "; did you mean '" + near + "'?")
                                    .orElse("; declare it in 'channels'"));
        } else if (direction != out) {
            problems.error(
                    place,
                    "the channel '" + end + "' has the direction " + (direction ? "out" : "in") + "; a flow cannot "
                            + (out ? "begin" : "end") + " there");
        }
    }

    private Optional<String> declared(End end) {
        NodeSpec node = nodes.get(end.node());
        return node == null
                ? Optional.empty()
                : node.channels().stream()
                        .filter(channel -> channel.name().equals(end.channel()))
                        .findFirst()
                        .flatMap(Channel::data);
    }

    private DataType source(Draft draft) {
        Optional<String> declared = draft.from().flatMap(this::declared);
        Optional<DataType> data =
                draft.data().flatMap(name -> type(draft.fields().place("data"), name));
        if (data.isPresent()
                && declared.isPresent()
                && !declared.get().equals(data.get().name())) {
            problems.error(
                    draft.fields().place("data"),
                    "the flow carries '" + data.get().name() + "', but '"
                            + draft.from().orElseThrow() + "' gives '" + declared.get() + "'");
        }
        return data.or(() -> declared.flatMap(name -> Optional.ofNullable(types.get(name))))
                .orElse(draft.framing() == Framing.BYTES ? DataType.BYTES : DataType.TEXT);
    }

    private Optional<DataType> type(GraphTree.Place place, String name) {
        DataType type = types.get(name);
        if (type == null) {
            problems.error(
                    place,
                    "unknown data type '" + Problems.clip(name, 63) + "'"
                            + Nearest.of(name, types.keySet())
                                    .map(near -> "; did you mean '" + near + "'?")
                                    .orElse("; declare it in 'types', or use text, json or bytes"));
        }
        return Optional.ofNullable(type);
    }

    private DataType result(Draft draft, DataType data) {
        DataType result = draft.result()
                .flatMap(name -> type(draft.fields().place("result"), name))
                .orElse(data);
        boolean changes = draft.transforms().stream()
                .map(TransformReader.Placed::transform)
                .anyMatch(it -> !(it instanceof Transform.Filter) && !(it instanceof Transform.Sample));
        if (!result.equals(data) && !changes) {
            problems.error(
                    draft.fields().place("result"),
                    "nothing on the way makes '" + result.name() + "' of '" + data.name()
                            + "'; add a transform or remove 'result'");
        }
        for (TransformReader.Placed placed : draft.transforms()) {
            boolean json = switch (placed.transform()) {
                case Transform.Filter filter -> !ConditionReader.wholeOnly(filter.condition());
                case Transform.Project project -> true;
                case Transform.Rename rename -> true;
                case Transform.Script script -> false;
                case Transform.Sample sample -> false;
            };
            // Behind a script records may be anything.
            if (placed.transform() instanceof Transform.Script) {
                break;
            }
            if (json && data.format() != DataType.Format.JSON) {
                problems.error(
                        placed.place(),
                        "this needs fields, so the flow must carry json, not " + data.name()
                                + "; name a data type of format json as 'data'");
            }
        }
        return result;
    }

    private void framing(Draft draft, DataType data) {
        Fields fields = draft.fields();
        if (draft.framing() != Framing.BYTES) {
            if (data.format() == DataType.Format.BYTES && draft.framing() == Framing.LINES) {
                problems.error(
                        fields.place("framing"),
                        "records of the type " + data.name()
                                + " may hold newlines; use the framing length-prefixed or bytes");
            }
            return;
        }
        if (data.format() != DataType.Format.BYTES) {
            problems.error(
                    fields.place("framing"),
                    "the framing bytes knows no records, so the flow carries bytes, not " + data.name());
        }
        if (!draft.transforms().isEmpty()) {
            problems.error(
                    fields.place("transforms"), "the framing bytes knows no records, so nothing can be transformed");
        }
        if (draft.delivery() instanceof Delivery.AtLeastOnce) {
            problems.error(
                    fields.place("delivery"),
                    "the framing bytes knows no records, so at-least-once cannot be kept; use lines or length-prefixed");
        }
        draft.rate()
                .filter(rate -> !rate.bytes())
                .ifPresent(rate -> problems.error(
                        fields.place("rate"),
                        "the framing bytes knows no records; give the rate in bytes such as \"16MiB/s\""));
        if (draft.routing().isPresent() && !(draft.routing().get() instanceof Routing.Copy)) {
            problems.error(
                    fields.place("route"), "the framing bytes knows no records, so nothing but copy can spread them");
        }
    }

    private void delivery(Draft draft) {
        if (!(draft.delivery() instanceof Delivery.AtLeastOnce contract)) {
            return;
        }
        for (PlacedEnd to : draft.to()) {
            NodeSpec node = nodes.get(to.end().node());
            if (node == null) {
                continue;
            }
            boolean program = node.kind() instanceof NodeKind.Process || node.kind() instanceof NodeKind.Plugin;
            if (contract.ack() instanceof Ack.OnChannel(String channel)
                    && program
                    && node.channels().stream().noneMatch(it -> it.name().equals(channel) && it.out())) {
                problems.error(
                        draft.fields().place("ack"),
                        "node '" + to.end().node() + "' has no channel '" + Problems.clip(channel, 63)
                                + "' of direction out to acknowledge on; declare it in 'channels'");
            }
        }
    }

    private Routing routing(Draft draft, DataType result) {
        Routing routing = draft.routing().orElse(new Routing.Copy());
        long receivers = draft.to().stream()
                .mapToLong(to -> Optional.ofNullable(nodes.get(to.end().node()))
                        .map(NodeSpec::replicas)
                        .orElse(1))
                .sum();
        if (receivers > 1 && !draft.fields().has("route")) {
            problems.error(
                    draft.fields().place("to"),
                    "the flow has " + receivers + " receivers, so say with 'route' which of them gets a record: copy,"
                            + " round-robin, least-loaded, key-hash or predicate");
        }
        boolean json = result.format() == DataType.Format.JSON;
        if (routing instanceof Routing.KeyHash key && !key.field().equals(ConditionReader.WHOLE) && !json) {
            problems.error(
                    draft.fields().place("key"),
                    "'key' names a field, so what is delivered must be json, not " + result.name()
                            + "; \"$\" is the whole record");
        }
        if (routing instanceof Routing.Predicate predicate) {
            Set<End> targets = new HashSet<>();
            draft.to().forEach(to -> targets.add(to.end()));
            for (FlowSpec.Case each : predicate.cases()) {
                if (!targets.contains(each.to())) {
                    problems.error(
                            draft.fields().place("cases"),
                            "a case leads to '" + each.to() + "', which the flow does not name in 'to'");
                }
                Optional<Condition> when = each.when();
                if (when.isPresent() && !json && !ConditionReader.wholeOnly(when.get())) {
                    problems.error(
                            draft.fields().place("cases"),
                            "a case asks for a field, so what is delivered must be json, not " + result.name());
                }
            }
        }
        return routing;
    }

    /** Who shares a channel must agree on what is in it. */
    private void agree(Draft draft, DataType data, DataType result) {
        Fields fields = draft.fields();
        End from = draft.from().orElseThrow();
        Carried here = new Carried(draft.id(), data, draft.framing());
        Carried other = out.putIfAbsent(from.toString(), here);
        if (other != null) {
            same(fields, "the flow '" + other.flow() + "' takes from '" + from + "'", other, here);
        }
        for (PlacedEnd to : draft.to()) {
            declared(to.end()).ifPresent(expected -> {
                if (!expected.equals(result.name())) {
                    problems.error(
                            to.place(),
                            "the flow delivers '" + result.name() + "', but '" + to.end() + "' takes '" + expected
                                    + "'");
                }
            });
            Carried arriving = new Carried(draft.id(), result, draft.framing());
            Carried first = in.putIfAbsent(to.end().toString(), arriving);
            if (first != null && !first.flow().equals(draft.id())) {
                same(fields, "the flow '" + first.flow() + "' gives to '" + to.end() + "'", first, arriving);
            }
        }
    }

    private void same(Fields fields, String who, Carried other, Carried here) {
        if (!other.type().equals(here.type())) {
            problems.error(
                    fields.place("data"),
                    who + " '" + other.type().name() + "', and this one '"
                            + here.type().name() + "'; they must agree");
        }
        if (other.framing() != here.framing()) {
            problems.error(
                    fields.place("framing"),
                    who + " with the framing " + AgentReader.lower(other.framing()) + ", and this one with "
                            + AgentReader.lower(here.framing()) + "; they must agree");
        }
    }

    private void cycles(List<Draft> drafts) {
        Cycles<String> cycles = new Cycles<>();
        for (Draft draft : drafts) {
            draft.from()
                    .ifPresent(from -> draft.to().forEach(to -> {
                        if (nodes.containsKey(from.node())
                                && nodes.containsKey(to.end().node())) {
                            cycles.edge(from.node(), to.end().node(), to.place());
                        }
                    }));
        }
        cycles.report((place, path) -> problems.error(
                place, "flow cycle: " + path + "; records would go round for ever, remove one of these"));
    }
}
