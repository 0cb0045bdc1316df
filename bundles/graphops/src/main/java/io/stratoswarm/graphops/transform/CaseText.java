package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Case;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.ManifestResult;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Reads conditions as the graph language has them. */
final class CaseText {
    /** Stands for a case that holds for all that is left. */
    static final String OTHERWISE = "otherwise";

    private static final String NAME = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";

    private CaseText() {}

    static String equal(String field, String value) {
        return field + " == \"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /**
     * @param when condition by node
     * @param parser of graphs
     */
    static List<Case> parse(Map<String, String> when, Function<GraphSource, ManifestResult> parser) {
        if (when.size() < 2) {
            throw Refusal.invalid("a split needs two cases at least");
        }
        StringBuilder text = new StringBuilder("graph cases {\n  node source { run true }\n");
        StringBuilder cases = new StringBuilder();
        for (Map.Entry<String, String> one : when.entrySet()) {
            if (!one.getKey().matches(NAME)
                    || one.getKey().length() > 63
                    || one.getKey().equals("source")) {
                throw Refusal.invalid("'" + one.getKey()
                        + "' is no name for a node: lower-case letters, digits and inner" + " hyphens, at most 63");
            }
            text.append("  node ").append(one.getKey()).append(" { run true }\n");
            cases.append("    case ").append(one.getKey());
            if (!one.getValue().equals(OTHERWISE)) {
                cases.append(" where ").append(one.getValue());
            }
            cases.append('\n');
        }
        text.append("  flow source -> ")
                .append(String.join(", ", when.keySet()))
                .append(" {\n    data json\n    route predicate\n")
                .append(cases)
                .append("  }\n}\n");
        ManifestResult result = parser.apply(GraphSource.of("conditions.graph", text.toString()));
        List<FlowSpec> flows = result.manifest()
                .map(GraphManifest::flows)
                .orElseThrow(() -> Refusal.invalid("the conditions cannot be read: "
                        + result.errors().getFirst().message()));
        if (flows.size() == 1 && flows.getFirst().routing() instanceof Routing.Predicate(List<Case> found)) {
            return found;
        }
        throw Refusal.invalid("the conditions are more than conditions; write one for each node");
    }
}
