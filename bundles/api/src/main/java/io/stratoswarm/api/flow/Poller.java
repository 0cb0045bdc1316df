package io.stratoswarm.api.flow;

import java.util.function.LongConsumer;
import org.osgi.annotation.versioning.ProviderType;

/** Waits for pipes. All methods but {@link #wakeUp} are for one thread. */
@ProviderType
public interface Poller extends AutoCloseable {
    /**
     * Watches for bytes to read; {@code key} comes back from each wait while there are any. Replaces an earlier interest in the same
     * pipe: one is watched for reading or for writing. Any key may be used but the least long.
     */
    void readable(Pipe pipe, long key);

    /** Watches for room to write, of one piece of 4096 bytes. Replaces an earlier interest in the same pipe. */
    void writable(Pipe pipe, long key);

    /** Forgets the pipe; one that is not watched is no error. Call it before the pipe is closed. */
    void forget(Pipe pipe);

    /** Waits at most so long (negative: without end) and gives the keys of those that are ready, at most 256 at once; how many there were. */
    int await(long timeoutMillis, LongConsumer ready);

    /** Ends a wait that goes on, or else the next one. From any thread. */
    void wakeUp();

    @Override
    void close();
}
