package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.FlowSpec.Transform;
import io.stratoswarm.api.graph.GraphTree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what a flow does with records on their way. */
final class TransformReader {
    private static final int MAX_TRANSFORMS = 100;

    private final Problems problems;
    private final ConditionReader conditions;

    TransformReader(Problems problems, ConditionReader conditions) {
        this.problems = problems;
        this.conditions = conditions;
    }

    /** A transform and where it stands. */
    record Placed(GraphTree.Place place, Transform transform) {}

    List<Placed> read(Fields flow) {
        List<Placed> found = new ArrayList<>();
        List<GraphTree> items = flow.array("transforms").orElse(List.of());
        if (items.size() > MAX_TRANSFORMS) {
            problems.error(flow.place("transforms"), "a flow has at most " + MAX_TRANSFORMS + " transforms");
            return found;
        }
        for (GraphTree item : items) {
            if (item instanceof GraphTree.Obj object) {
                transform(object).ifPresent(transform -> found.add(new Placed(object.place(), transform)));
            } else {
                problems.error(
                        item.place(), "a transform is an object such as {\"script\": \"enrich\"}, not " + item.kind());
            }
        }
        return found;
    }

    private Optional<Transform> transform(GraphTree.Obj object) {
        Fields fields = new Fields(problems, object, "a transform", Keys.TRANSFORM);
        List<String> given = Keys.TRANSFORM_ACTIONS.stream().filter(fields::has).toList();
        if (given.size() != 1) {
            problems.error(
                    object.place(),
                    "a transform needs exactly one of " + String.join(", ", Keys.TRANSFORM_ACTIONS)
                            + (given.isEmpty() ? "" : "; found " + String.join(" and ", given)));
            return Optional.empty();
        }
        if (fields.has("batch") && !fields.has("script")) {
            problems.error(fields.keyPlace("batch"), "'batch' is only for a script");
        }
        return switch (given.getFirst()) {
            case "script" -> {
                int batch = fields.small("batch", 1, KindReader.MAX_BATCH).orElse(KindReader.DEFAULT_BATCH);
                yield fields.text("script")
                        .filter(name -> Names.check(problems, fields.place("script"), "script", name))
                        .map(name -> new Transform.Script(name, batch));
            }
            case "where" -> conditions.read(fields.value("where").orElseThrow()).map(Transform.Filter::new);
            case "project" -> project(fields);
            case "rename" -> rename(fields);
            default -> fields.decimal("sample", 0, 1).map(Transform.Sample::new);
        };
    }

    private Optional<Transform> project(Fields fields) {
        List<String> names = new ArrayList<>();
        for (GraphTree item : fields.array("project").orElse(List.of())) {
            fields.textItem("project", item)
                    .filter(name -> field(item.place(), "project", name))
                    .ifPresent(names::add);
        }
        if (fields.value("project").filter(GraphTree.Arr.class::isInstance).isPresent() && names.isEmpty()) {
            problems.error(fields.place("project"), "'project' needs at least one field");
        }
        return Optional.of(new Transform.Project(names));
    }

    private Optional<Transform> rename(Fields fields) {
        Map<String, String> names = new LinkedHashMap<>();
        fields.texts("rename").forEach((from, to) -> {
            if (field(to.place(), "rename", from) && field(to.place(), "rename", to.value())) {
                names.put(from, to.value());
            }
        });
        return Optional.of(new Transform.Rename(names));
    }

    private boolean field(GraphTree.Place place, String key, String name) {
        if (name.equals(ConditionReader.WHOLE)) {
            problems.error(place, "'" + key + "' works on fields, not on the whole record");
            return false;
        }
        return conditions.checkField(place, key, name);
    }
}
