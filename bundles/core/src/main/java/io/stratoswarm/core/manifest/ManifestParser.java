package io.stratoswarm.core.manifest;

import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.ManifestResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Text to graph. Never throws for bad input; reports everything that is wrong in one go. */
public final class ManifestParser {
    /** Size limit of a manifest as UTF-8. */
    public static final int MAX_BYTES = 4 << 20;

    private ManifestParser() {}

    /** @param file name for messages */
    public static ManifestResult parse(String file, String text) {
        return parse(file, text, HostFacts.ofThisHost());
    }

    static ManifestResult parse(String file, String text, HostFacts host) {
        if (text.length() > MAX_BYTES || text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            Problems problems = new Problems(file, "");
            problems.error(Json.Place.START, "the manifest is larger than 4 MiB; split it into several graphs");
            return new ManifestResult(Optional.empty(), problems.errors(), List.of());
        }
        String plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
        Problems problems = new Problems(file, plain);
        Optional<GraphManifest> manifest =
                JsonTree.read(plain, problems).flatMap(root -> new GraphReader(problems, host).read(root, text));
        return new ManifestResult(
                problems.failed() ? Optional.empty() : manifest, problems.errors(), problems.warnings());
    }
}
