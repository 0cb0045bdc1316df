package io.stratoswarm.core.script;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.script.ScriptHeader;
import java.util.List;
import java.util.Optional;

/**
 * The text of a script with what its header says.
 *
 * @param file name of the file, for messages
 * @param hash SHA-256 of its bytes
 * @param name as its header says, or of its file
 * @param header empty where it cannot be read
 * @param examples where its examples stand
 * @param problems what is wrong with it, with places; empty where it has a header
 */
record ScriptFile(
        String file,
        String hash,
        String text,
        String name,
        Optional<ScriptHeader> header,
        List<GraphTree.Place> examples,
        List<ManifestProblem> problems) {
    ScriptFile {
        examples = List.copyOf(examples);
        problems = List.copyOf(problems);
    }

    /** The first problem as {@code file:line:column: message}; empty where there is none. */
    String problem() {
        return problems.isEmpty() ? "" : shown(problems.getFirst());
    }

    static String shown(ManifestProblem problem) {
        return problem.line() == 0
                ? problem.file() + ": " + problem.message()
                : problem.file() + ":" + problem.line() + ":" + problem.column() + ": " + problem.message();
    }
}
