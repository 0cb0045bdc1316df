package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.graph.Transforms.Options;
import io.stratoswarm.api.graph.Transforms.Request;
import io.stratoswarm.core.manifest.ManifestParser;
import io.stratoswarm.graphops.language.GraphLanguage;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Graphs for tests, from their text. */
final class Shops {
    static final String CHAIN = """
            graph shop {
              node gen { run gen }
              node work { run work
                label state = none }
              node keep { run keep }
              flow gen -> work { data json }
              flow work -> keep { data json }
            }
            """;

    /** The same, and what the node keeps belongs to keys. */
    static final String KEYED = CHAIN.replace("label state = none", "label state = by-key\n label state-key = user");

    private Shops() {}

    static ManifestResult parse(GraphSource source) {
        return ManifestParser.parse(
                source, new ManifestParser.Extensions(List.of(new GraphLanguage()), List.of(), true));
    }

    static GraphManifest manifest(String text) {
        ManifestResult result = parse(GraphSource.of("test.graph", text));
        return result.manifest().orElseThrow(() -> new AssertionError(result.errors()));
    }

    static Graphs.Declaration graph(String text) {
        GraphManifest manifest = manifest(text);
        return new Graphs.Declaration(
                manifest.name(),
                7,
                false,
                manifest.nodes(),
                manifest.flows(),
                manifest.constraints(),
                manifest.objectives());
    }

    static Target target(Graphs.Declaration graph, String kind, Map<String, String> arguments, String fragment) {
        Request request = new Request(kind, graph.name(), arguments, Optional.empty(), Options.DEFAULT);
        Optional<GraphManifest> declared = fragment.isEmpty() ? Optional.empty() : Optional.of(manifest(fragment));
        return Kinds.target(kind, new Asked(request, graph, declared, Shops::parse));
    }

    static Course course(Graphs.Declaration graph, Target target, Set<String> replaced, Integer... steps) {
        Options usual = Options.DEFAULT;
        return new Course(
                graph,
                target,
                replaced,
                new Options(
                        List.of(steps),
                        usual.holdMillis(),
                        usual.readyMillis(),
                        usual.graceMillis(),
                        usual.expected()));
    }

    static <T> T at(Map<String, T> map, String key) {
        return Objects.requireNonNull(map.get(key), key);
    }
}
