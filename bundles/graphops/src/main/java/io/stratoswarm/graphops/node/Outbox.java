package io.stratoswarm.graphops.node;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.graphops.node.NodeState.Batch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a node writes to a channel. A batch is put into a file in memory, then it counts (the state of the node names it and its
 * size), then it goes piece by piece into a pipe of its own and from there into the channel's. Nobody else has that pipe: so what
 * is in it tells how far the batch has come, whenever this process is killed.
 *
 * <p>The file says either that the first {@code given} bytes are in the channel, and that what is in the pipe is to be forgotten; or that
 * {@code moving} more are in the pipe or already in the channel.
 */
final class Outbox implements NodeContext.RecordOutput, AutoCloseable {
    private static final int BATCH = 8;
    private static final int PROGRESS = 16;
    private static final long MOVING = 1;
    private static final long LEAST = 256 << 10;
    private static final long MOST = 1 << 30;

    private final Ledger ledger;
    private final String channel;
    private final End end;
    private final Path path;
    private final Pipe own;
    private final Pipe target;
    private MappedFile file;
    private boolean opened;

    /** What an outbox needs of its node. All calls of an outbox are under the node's lock. */
    interface Ledger {
        Batch batch(String channel);

        /** Makes this batch the last one of the channel, with all that is kept together with it. */
        void commit(String channel, long bytes);

        /** Waits for room; false where the node is asked to end. */
        boolean awaitRoom(Pipe pipe) throws InterruptedException;

        void locked(Action action) throws InterruptedException;
    }

    /** Something that waits. */
    interface Action {
        void run() throws InterruptedException;
    }

    Outbox(Ledger ledger, String channel, End end, Path path, Pipe own, Pipe target) throws IOException {
        this.ledger = ledger;
        this.channel = channel;
        this.end = end;
        this.path = path;
        this.own = own;
        this.target = target;
        this.file = MappedFile.open(path, LEAST);
    }

    @Override
    public boolean connected() {
        return true;
    }

    @Override
    public FlowSpec.Framing framing() {
        return end.framing();
    }

    @Override
    public DataType data() {
        return end.data();
    }

    @Override
    public long maxRecordBytes() {
        return end.maxRecordBytes();
    }

    @Override
    public void write(List<byte[]> records) throws InterruptedException {
        long bytes = Records.size(end.framing(), records);
        ledger.locked(() -> {
            while (!push()) {
                // The node is asked to end, but what it writes now has no place yet: it waits until it is killed.
                awaitAnyway();
            }
            MappedFile roomy = roomFor(bytes);
            Records.put(end.framing(), records, roomy.data());
            ledger.commit(channel, bytes);
            push();
        });
    }

    private void awaitAnyway() throws InterruptedException {
        Thread.sleep(10);
    }

    private MappedFile roomFor(long bytes) {
        if (bytes <= file.dataBytes()) {
            return file;
        }
        if (bytes > MOST) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.INVALID,
                    "records of " + bytes + " bytes are written at once; at most " + MOST + " can be");
        }
        try {
            MappedFile larger = MappedFile.open(path, Long.highestOneBit(bytes - 1) << 1);
            file = larger;
            return larger;
        } catch (IOException e) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.SYSTEM,
                    "no room for what is written to " + channel + ": " + e.getMessage(),
                    e);
        }
    }

    private static long progress(long given, long moving) {
        return given << 32 | moving << 1 | (moving > 0 ? MOVING : 0);
    }

    /** Brings what there is into the channel; false where the node is asked to end before that is done. */
    boolean push() throws InterruptedException {
        Batch batch = ledger.batch(channel);
        if (file.number(BATCH) != batch.number()) {
            file.number(PROGRESS, progress(0, 0));
            file.number(BATCH, batch.number());
        }
        long progress = file.number(PROGRESS);
        long given = progress >>> 32;
        long moving = (progress & 0xffff_ffffL) >>> 1;
        if (!opened && moving == 0) {
            own.discard(MOST);
        }
        opened = true;
        while (true) {
            if (moving > 0) {
                while (own.waiting() > 0) {
                    if (own.moveTo(target, moving) == 0 && !ledger.awaitRoom(target)) {
                        return false;
                    }
                }
                given += moving;
                moving = 0;
                file.number(PROGRESS, progress(given, 0));
            }
            if (given >= batch.bytes()) {
                return true;
            }
            moving = own.write(file.data().asSlice(given, batch.bytes() - given));
            file.number(PROGRESS, progress(given, moving));
        }
    }

    /** Forgets what has not gone, where the pipes that had it are gone. */
    void forget() {
        own.discard(MOST);
        Batch batch = ledger.batch(channel);
        file.number(PROGRESS, progress(batch.bytes(), 0));
        file.number(BATCH, batch.number());
    }

    @Override
    public void close() {
        own.close();
        target.close();
    }
}
