package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.graph.NodeType;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The nodes of the type {@code sink}. What is wrong with their settings is found when the graph is read. */
public final class SinkType implements NodeType {
    private final LongSupplier nanos;

    /** @param nanos a clock that is never set */
    public SinkType(LongSupplier nanos) {
        this.nanos = nanos;
    }

    @Override
    public String id() {
        return "sink";
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
            new FileSink(context, file.get(), nanos).run();
        } else if (socket.isPresent()) {
            new SocketSink(context, socket.get()).run();
        } else if (http.isPresent()) {
            new HttpSink(context, http.get()).run();
        } else {
            throw SourceType.unknown(settings);
        }
    }
}
