package io.stratoswarm.api.flow;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** What a node that runs inside of the daemon sees of the world. Its methods wait, and end with an interrupt when it is killed. */
@ProviderType
public interface NodeContext {
    /** Id of the agent, for example {@code shop/log.0}. */
    String agent();

    /** JSON object of its manifest. */
    String settings();

    /** A channel that records come from; empty at once where no flow leads to it. */
    RecordInput input(String channel);

    /** A channel that records go to; they are dropped where no flow leads from it. */
    RecordOutput output(String channel);

    /** Says that it does what it is for, for example that it listens. */
    void ready();

    /** Whether it was asked to end. */
    boolean stopping();

    /** A line for the agent's log. */
    void log(String line);

    /**
     * Keeps a small value over crashes of the daemon, for example how far a file was read: it is written before the records that
     * are written next to {@code output} and is exact with respect to them.
     *
     * @param position at most 256 bytes of text
     */
    void keepPosition(String position);

    /** What {@link #keepPosition} was given last, by this or an earlier incarnation; empty at first. */
    String position();

    /** Records in order. */
    @ProviderType
    interface RecordInput {
        /** Waits for at least one record and gives at most so many; none at the end of input, and when it was asked to end. */
        List<byte[]> read(int most) throws InterruptedException;
    }

    @ProviderType
    interface RecordOutput {
        /** Waits for room for all of them. */
        void write(List<byte[]> records) throws InterruptedException;
    }
}
