package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.graph.NodeType;
import java.util.List;
import java.util.Optional;

/** The nodes of the type {@code source}. What is wrong with their settings is found when the graph is read. */
public final class SourceType implements NodeType {
    @Override
    public String id() {
        return "source";
    }

    @Override
    public List<String> check(String settings) {
        return List.of();
    }

    @Override
    public void run(NodeContext context) throws Exception {
        Settings settings = Settings.of(context.settings());
        Optional<Settings> file = settings.part("file");
        if (file.isPresent()) {
            new FileSource(context, file.get()).run();
        } else {
            throw unknown(settings);
        }
    }

    static StratoswarmException unknown(Settings settings) {
        return new StratoswarmException(
                StratoswarmException.Kind.INVALID, "none of file, socket and http is in the settings " + settings);
    }
}
