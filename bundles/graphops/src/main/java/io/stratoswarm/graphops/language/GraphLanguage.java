package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.GraphSyntax;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.GraphTree.Place;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.graphops.language.Syntax.Statement;
import java.util.List;
import java.util.Optional;

/** The graph language. */
public final class GraphLanguage implements GraphSyntax {
    @Override
    public String extension() {
        return ".graph";
    }

    @Override
    public Parsed parse(GraphSource source, Includes includes) {
        Messages messages = new Messages();
        String text = withoutMark(source.text());
        messages.text(source.file(), text);
        if (text.length() > Files.MAX_CHARACTERS) {
            messages.error(
                    new Place(source.file(), 1, 1), "the manifest is larger than 4 MiB; split it into several graphs");
            return new Parsed(Optional.empty(), messages.texts(), messages.problems(), Words.WORDING);
        }
        Optional<GraphTree> tree = Optional.empty();
        Optional<List<Statement>> statements = SyntaxBuilder.parse(source.file(), text, messages);
        if (statements.isPresent()) {
            Files files = new Files(source, includes, messages);
            tree = new Lowering(messages, files).graph(statements.get());
            files.unknownParameters();
            if (tree.isEmpty() && messages.none()) {
                messages.error(
                        new Place(source.file(), 1, 1), "the file declares no graph; it must hold: graph NAME { ... }");
            }
        }
        return new Parsed(tree, messages.texts(), messages.problems(), Words.WORDING);
    }

    /** Editors of other systems put a byte order mark before a text. */
    static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    @Override
    public String write(GraphTree.Obj manifest) {
        return Writer.write(manifest);
    }

    @Override
    public Formatted format(String file, String text) {
        Messages messages = new Messages();
        String plain = withoutMark(text);
        messages.text(file, plain);
        if (plain.length() > Files.MAX_CHARACTERS) {
            messages.error(new Place(file, 1, 1), "the file is larger than 4 MiB");
        } else {
            SyntaxBuilder.parse(file, plain, messages);
        }
        List<ManifestProblem> problems = messages.problems();
        return problems.isEmpty()
                ? new Formatted(Optional.of(Layout.of(plain)), List.of())
                : new Formatted(Optional.empty(), problems);
    }
}
