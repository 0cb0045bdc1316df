package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.Pipe;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The channel of one replica that records come from. */
final class Source implements Feed {
    private final String agent;
    private final String channel;
    private @Nullable Pipe pipe;

    Source(String agent, String channel) {
        this.agent = agent;
        this.channel = channel;
    }

    String agent() {
        return agent;
    }

    String channel() {
        return channel;
    }

    void connect(@Nullable Pipe pipe) {
        this.pipe = pipe;
    }

    Pipe pipe() {
        return Objects.requireNonNull(pipe, "asked before it is there");
    }

    @Override
    public long fill(Store store, long most) {
        return store.take(pipe(), most);
    }

    @Override
    public boolean waiting() {
        return pipe != null && pipe.waiting() > 0;
    }

    @Override
    public boolean there() {
        return pipe != null;
    }

    @Override
    public String toString() {
        return agent + "." + channel;
    }
}
