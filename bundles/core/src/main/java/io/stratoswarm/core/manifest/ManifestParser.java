package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.GraphSyntax;
import io.stratoswarm.api.graph.GraphSyntax.Includes;
import io.stratoswarm.api.graph.GraphSyntax.Parsed;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.graph.NodeType;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Text to graph. Never throws for bad input; reports everything that is wrong in one go. */
public final class ManifestParser {
    /** Size limit of a manifest as UTF-8, all of its files together. */
    public static final int MAX_BYTES = 4 << 20;

    /**
     * What else manifests can be made of.
     *
     * @param syntaxes further ones, by the ending of file names
     * @param types of nodes that bundles add
     * @param complete whether types that are not there are unknown, and not only unknown here
     */
    public record Extensions(List<GraphSyntax> syntaxes, List<NodeType> types, boolean complete) {
        public static final Extensions NONE = new Extensions(List.of(), List.of(), false);

        public Extensions {
            syntaxes = List.copyOf(syntaxes);
            types = List.copyOf(types);
        }

        Optional<GraphSyntax> syntax(String file) {
            return syntaxes.stream()
                    .filter(syntax -> file.endsWith(syntax.extension()))
                    .findFirst();
        }
    }

    private ManifestParser() {}

    /** @param file name for messages */
    public static ManifestResult parse(String file, String text) {
        return parse(file, text, HostFacts.ofThisHost());
    }

    static ManifestResult parse(String file, String text, HostFacts host) {
        return parse(GraphSource.of(file, text), Extensions.NONE, host);
    }

    /** Includes are those that the source holds. */
    public static ManifestResult parse(GraphSource source, Extensions extensions) {
        return parse(source, extensions, HostFacts.ofThisHost());
    }

    static ManifestResult parse(GraphSource source, Extensions extensions, HostFacts host) {
        Optional<GraphSyntax> syntax = extensions.syntax(source.file());
        if (syntax.isPresent()) {
            Includes includes = name -> Optional.ofNullable(source.included().get(name));
            return check(source, syntax.get().parse(source, includes), extensions, host);
        }
        return json(source, extensions, host);
    }

    /** Checks what a syntax gave; for callers that have to read the included files themselves. */
    public static ManifestResult check(GraphSource source, Parsed parsed, Extensions extensions) {
        return check(source, parsed, extensions, HostFacts.ofThisHost());
    }

    private static ManifestResult check(GraphSource source, Parsed parsed, Extensions extensions, HostFacts host) {
        Problems problems = new Problems(source.file(), parsed.texts(), parsed.wording());
        problems.take(parsed.problems());
        Map<String, String> included = new HashMap<>(parsed.texts());
        included.remove(source.file());
        String kept = SourceCodec.write(
                new GraphSource(source.file(), source.text(), new java.util.TreeMap<>(included), source.parameters()));
        return result(problems, parsed.tree(), kept, extensions, host);
    }

    private static ManifestResult json(GraphSource source, Extensions extensions, HostFacts host) {
        String file = source.file();
        String text = source.text();
        if (tooLarge(text)) {
            Problems problems = new Problems(file, "");
            problems.error(problems.start(), "the manifest is larger than 4 MiB; split it into several graphs");
            return new ManifestResult(Optional.empty(), problems.errors(), List.of());
        }
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        Problems problems = new Problems(file, plain);
        source.parameters()
                .keySet()
                .forEach(name -> problems.error(
                        problems.start(),
                        "the parameter '" + Problems.clip(name, 60) + "' is given, but the JSON form has none"));
        return result(problems, JsonTree.read(plain, problems), text, extensions, host);
    }

    private static ManifestResult result(
            Problems problems, Optional<GraphTree> tree, String kept, Extensions extensions, HostFacts host) {
        Optional<GraphManifest> manifest =
                tree.flatMap(root -> new GraphReader(problems, host, extensions).read(root, kept));
        return new ManifestResult(
                problems.failed() ? Optional.empty() : manifest, problems.errors(), problems.warnings());
    }

    /** The JSON form as a tree, without any check of its meaning; empty where the text is no JSON. */
    public static Optional<GraphTree> tree(String file, String text) {
        return tooLarge(text) ? Optional.empty() : JsonTree.read(text, new Problems(file, text));
    }

    private static boolean tooLarge(String text) {
        return text.length() > MAX_BYTES || text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
    }
}
