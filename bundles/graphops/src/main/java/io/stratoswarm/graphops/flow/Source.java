package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The channel of one replica that records come from. */
final class Source implements Feed {
    private final Port port;
    private final List<Strand> readers = new ArrayList<>();
    private @Nullable Pipe pipe;
    private @Nullable Trunk trunk;
    private long incarnation;
    private long latest;

    Source(Port port) {
        this.port = port;
    }

    Port port() {
        return port;
    }

    /** Strands that take from it, now. */
    List<Strand> readers() {
        return readers;
    }

    void connect(@Nullable Pipe pipe) {
        this.pipe = pipe;
    }

    /** Start of the agent whose pipe this is, where each has its own. */
    long incarnation() {
        return incarnation;
    }

    void incarnation(long number) {
        incarnation = number;
    }

    /** The last start of its agent. */
    void latest(long number) {
        latest = number;
    }

    @Override
    public boolean behind() {
        return port.fresh() && incarnation < latest;
    }

    /** Which start its readers read last; 0 where they read none. */
    long incarnationRead() {
        return readers.stream()
                .mapToLong(Strand::incarnation)
                .filter(it -> it > 0)
                .min()
                .orElse(0);
    }

    /** Records of this start that all readers have. */
    long taken() {
        return readers.stream()
                .filter(it -> it.incarnation() == incarnation)
                .mapToLong(Strand::ofIncarnation)
                .min()
                .orElse(0);
    }

    /** Whether all whole records in its pipe were taken. */
    boolean exhausted() {
        return !waiting()
                && (trunk == null || trunk.isEmpty())
                && readers.stream().allMatch(Strand::exhausted);
    }

    /** Lets several strands take from it. */
    void share(Trunk trunk) {
        this.trunk = trunk;
    }

    @Nullable
    Trunk trunk() {
        return trunk;
    }

    /** What the strand of this name takes from. */
    Feed feed(String strand, Cells cells, Runnable more) {
        return trunk == null ? this : trunk.reader(strand, cells, more);
    }

    Pipe pipe() {
        return Objects.requireNonNull(pipe, "asked before it is there");
    }

    /** Whether bytes that come now would be taken. */
    boolean wanted() {
        if (pipe == null || trunk != null && !trunk.isEmpty()) {
            return false;
        }
        for (int i = 0; i < readers.size(); i++) {
            if (readers.get(i).hungry()) {
                return true;
            }
        }
        return false;
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
}
