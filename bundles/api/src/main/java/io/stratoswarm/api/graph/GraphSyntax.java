package io.stratoswarm.api.graph;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Another syntax for manifests. It turns text into the tree of the JSON form, with includes and parameters resolved, and says of
 * each value where it stands; it checks no meaning. Register it as an OSGi service; the command line finds it by
 * {@link java.util.ServiceLoader}.
 */
@ConsumerType
public interface GraphSyntax {
    /** Ending of the names of its files, with the dot: {@code .graph}. */
    String extension();

    /** Never throws for bad input, and ends in time that is bounded by the size of the texts. */
    Parsed parse(GraphSource source, Includes includes);

    /** The tree in this syntax; what it gives parses to an equal tree. Throws kind INVALID for what is no manifest at all. */
    String write(GraphTree.Obj manifest);

    /** The text in the one usual layout, comments kept; or what is wrong with it. */
    Formatted format(String file, String text);

    /** Texts of included files. */
    @FunctionalInterface
    interface Includes {
        /** Nothing can be included. */
        Includes NONE = name -> Optional.empty();

        /** Empty where there is no such file. Kind INVALID or FORBIDDEN where it cannot be read, with the reason. */
        Optional<String> text(String name);
    }

    /**
     * What a text gave.
     *
     * @param tree absent where the text is too damaged to go on
     * @param texts every file that was read, by name, the main one too; for excerpts and to keep the source
     * @param problems of syntax, includes and parameters
     */
    record Parsed(
            Optional<GraphTree> tree, Map<String, String> texts, List<ManifestProblem> problems, Wording wording) {
        public Parsed {
            texts = Map.copyOf(texts);
            problems = List.copyOf(problems);
        }
    }

    /** A formatted text, or the problems that prevent it. */
    record Formatted(Optional<String> text, List<ManifestProblem> problems) {
        public Formatted {
            problems = List.copyOf(problems);
        }
    }

    /**
     * How messages about the meaning speak of this syntax.
     *
     * @param words further words by kind of object ({@code a graph}, {@code a node}, {@code a flow}), for hints
     * @param examples by key, how a missing one is written
     */
    record Wording(Map<String, List<String>> words, Map<String, String> examples) {
        /** Of the JSON form. */
        public static final Wording JSON = new Wording(Map.of(), Map.of());

        public Wording {
            words = Map.copyOf(words);
            examples = Map.copyOf(examples);
        }
    }
}
