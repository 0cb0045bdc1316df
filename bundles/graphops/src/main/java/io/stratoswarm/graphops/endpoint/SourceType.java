package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.graph.NodeType;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The nodes of the type {@code source}. What is wrong with their settings is found when the graph is read. */
public final class SourceType implements NodeType {
    private final LongSupplier nanos;

    /** @param nanos a clock that is never set */
    public SourceType(LongSupplier nanos) {
        this.nanos = nanos;
    }

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
        Optional<Settings> socket = settings.part("socket");
        Optional<Settings> http = settings.part("http");
        if (file.isPresent()) {
            new FileSource(context, file.get()).run();
        } else if (socket.isPresent()) {
            new SocketSource(context, socket.get()).run();
        } else if (http.isPresent() && http.get().text("listen").isPresent()) {
            new HttpListener(context, http.get(), nanos).run();
        } else if (http.isPresent()) {
            new HttpPoller(context, http.get()).run();
        } else {
            throw unknown(settings);
        }
    }

    static StratoswarmException unknown(Settings settings) {
        return new StratoswarmException(
                StratoswarmException.Kind.INVALID, "none of file, socket and http is in the settings " + settings);
    }
}
