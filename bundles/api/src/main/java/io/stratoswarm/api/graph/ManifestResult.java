package io.stratoswarm.api.graph;

import java.util.List;
import java.util.Optional;

/** A parsed manifest, or everything that is wrong with it; warnings may stand beside a good one. */
public record ManifestResult(
        Optional<GraphManifest> manifest, List<ManifestProblem> errors, List<ManifestProblem> warnings) {
    public ManifestResult {
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
    }
}
