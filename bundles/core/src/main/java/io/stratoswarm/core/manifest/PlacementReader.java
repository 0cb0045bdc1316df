package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.Objective;
import io.stratoswarm.api.graph.Objective.Goal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads constraints and objectives, and checks that they speak of nodes that are there. */
final class PlacementReader {
    private static final int MAX_CONSTRAINTS = 10_000;
    private static final double MAX_WEIGHT = 1e6;
    private static final String PLACE = "place";

    private final Problems problems;
    private final Map<String, NodeSpec> nodes;

    PlacementReader(Problems problems, Map<String, NodeSpec> nodes) {
        this.problems = problems;
        this.nodes = nodes;
    }

    List<Constraint> constraints(Fields graph) {
        List<Constraint> constraints = new ArrayList<>();
        List<GraphTree> items = graph.array("constraints").orElse(List.of());
        if (items.size() > MAX_CONSTRAINTS) {
            problems.error(graph.place("constraints"), "a graph has at most " + MAX_CONSTRAINTS + " constraints");
            return constraints;
        }
        for (GraphTree item : items) {
            if (item instanceof GraphTree.Obj object) {
                constraint(new Fields(problems, object, "a constraint", Keys.CONSTRAINT))
                        .ifPresent(constraints::add);
            } else {
                problems.error(
                        item.place(),
                        "a constraint is an object such as {\"kind\": \"spread\", \"nodes\": [\"web\"], \"by\": \"zone\"},"
                                + " not " + item.kind());
            }
        }
        return constraints;
    }

    private Optional<Constraint> constraint(Fields fields) {
        fields.require("kind", "\"spread\"");
        String kind = fields.text("kind").orElse("");
        if (!fields.has("kind") || kind.isEmpty()) {
            return Optional.empty();
        }
        List<String> named = nodes(fields);
        return switch (kind) {
            case "affinity" -> affinity(fields, some(fields, named));
            case "spread" -> {
                only(fields, kind, "by", "maxSkew");
                int skew = fields.small("maxSkew", 0, 10_000).orElse(1);
                yield Optional.of(new Constraint.Spread(some(fields, named), by(fields), skew));
            }
            case "pin" -> {
                only(fields, kind, PLACE);
                fields.require(PLACE, "\"numa0\"");
                yield fields.text(PLACE)
                        .filter(place -> Names.checkLabel(problems, fields.place(PLACE), place))
                        .map(place -> new Constraint.Pin(some(fields, named), place));
            }
            case "capacity" -> capacity(fields, named);
            case "co-location" -> {
                only(fields, kind, "by");
                yield Optional.of(new Constraint.CoLocation(several(fields, named), by(fields)));
            }
            case "forbidden" -> {
                only(fields, kind, "by");
                yield Optional.of(new Constraint.Forbidden(several(fields, named), by(fields)));
            }
            default -> {
                problems.error(
                        fields.place("kind"),
                        "unknown kind of constraint '" + Problems.clip(kind, 60) + "'"
                                + Nearest.of(kind, Keys.CONSTRAINT_KINDS)
                                        .map(near -> "; did you mean '" + near + "'?")
                                        .orElse("; known are " + String.join(", ", Keys.CONSTRAINT_KINDS)));
                yield Optional.empty();
            }
        };
    }

    private void only(Fields fields, String kind, String... keys) {
        Set<String> allowed = new HashSet<>(List.of(keys));
        allowed.add("kind");
        allowed.add("nodes");
        Keys.CONSTRAINT.stream()
                .filter(key -> fields.has(key) && !allowed.contains(key))
                .forEach(key -> problems.error(
                        fields.keyPlace(key), "'" + key + "' does not belong to a constraint of kind " + kind));
    }

    private List<String> nodes(Fields fields) {
        List<String> named = new ArrayList<>();
        for (GraphTree item : fields.array("nodes").orElse(List.of())) {
            fields.textItem("nodes", item).ifPresent(id -> {
                if (!nodes.containsKey(id)) {
                    problems.error(
                            item.place(),
                            "the constraint is about '" + Problems.clip(id, 63) + "', which is no node of this graph"
                                    + (problems.listing() ? Nearest.hint(id, nodes.keySet()) : ""));
                } else if (named.contains(id)) {
                    problems.error(item.place(), "'" + id + "' is named twice in 'nodes'");
                } else {
                    named.add(id);
                }
            });
        }
        return named;
    }

    private List<String> some(Fields fields, List<String> named) {
        fields.require("nodes", "[\"web\"]");
        if (fields.array("nodes").filter(List::isEmpty).isPresent()) {
            problems.error(fields.place("nodes"), "'nodes' names none");
        }
        return named;
    }

    private List<String> several(Fields fields, List<String> named) {
        fields.require("nodes", "[\"web\", \"cache\"]");
        if (fields.array("nodes").filter(items -> items.size() < 2).isPresent()) {
            problems.error(fields.place("nodes"), "'nodes' must name two or more");
        }
        return named;
    }

    private String by(Fields fields) {
        return fields.text("by")
                .filter(label -> Names.checkLabel(problems, fields.place("by"), label))
                .orElse(PLACE);
    }

    private Optional<Constraint> affinity(Fields fields, List<String> named) {
        only(fields, "affinity", "label", "values");
        fields.require("label", "\"disk\"");
        if (fields.array("values").filter(List::isEmpty).isPresent()) {
            problems.error(fields.place("values"), "'values' names none; leave it out for any value");
        }
        List<String> values = fields.textItems("values");
        return fields.text("label")
                .filter(label -> Names.checkLabel(problems, fields.place("label"), label))
                .map(label -> new Constraint.Affinity(named, label, values));
    }

    private Optional<Constraint> capacity(Fields fields, List<String> named) {
        only(fields, "capacity", "agents", "resource", "share");
        boolean byShare = fields.has("resource") || fields.has("share");
        if (fields.has("agents") == byShare) {
            problems.error(
                    fields.place(),
                    "a constraint of kind capacity needs either 'agents', the most on one place, or 'resource' and"
                            + " 'share', the most of what it has");
            return Optional.empty();
        }
        if (!byShare) {
            OptionalInt agents = fields.small("agents", 1, 1_000_000);
            return Optional.of(new Constraint.Capacity(named, agents, Optional.empty(), Optional.empty()));
        }
        fields.require("resource", "\"memory\"");
        fields.require("share", "0.8");
        return Optional.of(new Constraint.Capacity(
                named,
                OptionalInt.empty(),
                fields.text("resource").filter(name -> Names.checkLabel(problems, fields.place("resource"), name)),
                fields.decimal("share", 0, 1)));
    }

    List<Objective> objectives(Fields graph) {
        List<Objective> objectives = new ArrayList<>();
        List<String> known = new ArrayList<>();
        for (Goal goal : Goal.values()) {
            known.add(goal.name().toLowerCase(Locale.ROOT));
        }
        graph.object("objectives").ifPresent(object -> {
            Fields fields = new Fields(problems, object, "objectives", known);
            for (Goal goal : Goal.values()) {
                fields.decimal(goal.name().toLowerCase(Locale.ROOT), 0, MAX_WEIGHT)
                        .ifPresent(weight -> objectives.add(new Objective(goal, weight)));
            }
        });
        return objectives;
    }
}
