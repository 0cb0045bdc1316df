package io.stratoswarm.graphops;

import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.GraphSyntax;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.graphops.language.GraphLanguage;
import org.osgi.service.component.annotations.Component;

/** Offers the language. It is made when the first text is parsed, and holds nothing. */
@Component(service = GraphSyntax.class)
public final class GraphLanguageComponent implements GraphSyntax {
    private final GraphLanguage language = new GraphLanguage();

    @Override
    public String extension() {
        return language.extension();
    }

    @Override
    public Parsed parse(GraphSource source, Includes includes) {
        return language.parse(source, includes);
    }

    @Override
    public String write(GraphTree.Obj manifest) {
        return language.write(manifest);
    }

    @Override
    public Formatted format(String file, String text) {
        return language.format(file, text);
    }
}
