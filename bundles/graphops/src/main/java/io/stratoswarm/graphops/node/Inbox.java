package io.stratoswarm.graphops.node;

import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What a node reads from a channel. Bytes are moved from the channel into a pipe of its own, then read into a ring in a mapped
 * file, where they stay until their records are done. Before a read the file says what was in the pipe, which nobody else reads: so
 * after a kill the difference tells how many bytes came into the ring. How far records are done is in the state of the node.
 */
final class Inbox implements NodeContext.RecordInput, AutoCloseable {
    /** Bytes that came into the ring, since the first one ever. */
    private static final int CAME = 8;

    private static final int CAME_BEFORE = 16;
    /** One more than the bytes in the pipe before the read that is under way; 0 where none is. */
    private static final int READING = 24;

    private static final long SLACK = 256 << 10;
    private static final long LONGEST = 1 << 29;

    private final Ledger ledger;
    private final String channel;
    private final End end;
    private final MappedFile ring;
    private final Pipe own;
    private final Pipe source;
    private final Records.Window window;
    private long came;
    /** Up to where records were given to the node. */
    private long given;

    private volatile boolean ended;
    private boolean over;
    private boolean doneNext;

    /** What an inbox needs of its node. All calls of an inbox are under the node's lock. */
    interface Ledger {
        long done(String channel);

        void commitDone();

        boolean stopping();

        /** Waits for bytes; returns early where the node is asked to end, or an input ends. */
        void awaitBytes(Pipe pipe, BooleanSupplier ended) throws InterruptedException;

        void locked(Outbox.Action action) throws InterruptedException;
    }

    Inbox(Ledger ledger, String channel, End end, Path path, Pipe own, Pipe source) throws IOException {
        this.ledger = ledger;
        this.channel = channel;
        this.end = end;
        this.own = own;
        this.source = source;
        this.ring = ring(path, Math.min(end.maxRecordBytes(), LONGEST) + SLACK);
        this.window = new Records.Window(end.framing(), end.maxRecordBytes());
        recover();
    }

    private void recover() {
        came = ring.number(CAME);
        long reading = ring.number(READING);
        if (reading > 0) {
            came = ring.number(CAME_BEFORE) + reading - 1 - own.waiting();
        }
        given = Math.min(ledger.done(channel), came);
        store();
        for (long at = given; at < came; ) {
            MemorySegment piece = piece(at, came - at);
            window.add(piece);
            at += piece.byteSize();
        }
    }

    private void store() {
        ring.number(CAME, came);
        ring.number(READING, 0);
    }

    /** A larger ring has its bytes at other places, so it is made beside the present one. */
    private static MappedFile ring(Path path, long bytes) throws IOException {
        if (!Files.exists(path) || Files.size(path) >= MappedFile.HEADER + bytes) {
            return MappedFile.open(path, bytes);
        }
        Path beside = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(beside);
        MappedFile small = MappedFile.open(path, 0);
        MappedFile large = MappedFile.open(beside, bytes);
        // Where a read was under way, some more may have come behind what is counted.
        long came = small.number(CAME) + (small.number(READING) > 0 ? SLACK : 0);
        for (long at = Math.max(0, came - small.dataBytes()); at < came; at++) {
            byte one = small.data().get(ValueLayout.JAVA_BYTE, at % small.dataBytes());
            large.data().set(ValueLayout.JAVA_BYTE, at % large.dataBytes(), one);
        }
        large.number(CAME, small.number(CAME));
        large.number(CAME_BEFORE, small.number(CAME_BEFORE));
        large.number(READING, small.number(READING));
        Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
        return MappedFile.open(path, bytes);
    }

    /** From a place on, as far as the ring goes without a turn. */
    private MemorySegment piece(long at, long most) {
        long size = ring.dataBytes();
        long place = at % size;
        return ring.data().asSlice(place, Math.min(most, size - place));
    }

    /** Forgets what came before, where the pipes that had it are gone or what is in them comes again. */
    void forget() {
        own.discard(LONGEST);
        given = came;
        window.clear();
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

    long given() {
        return given;
    }

    String channel() {
        return channel;
    }

    /** Nothing more comes into the channel. */
    void end() {
        ended = true;
    }

    @Override
    public void doneWithNextWrite() {
        doneNext = true;
    }

    boolean takeDoneNext() {
        boolean was = doneNext;
        doneNext = false;
        return was;
    }

    @Override
    public List<byte[]> read(int most) throws InterruptedException {
        List<byte[]> records = new ArrayList<>();
        ledger.locked(() -> {
            if (ledger.done(channel) < given) {
                doneNext = false;
                ledger.commitDone();
            }
            while (!over && !ledger.stopping()) {
                given += window.take(Math.max(1, most), records);
                if (!records.isEmpty()) {
                    return;
                }
                if (!fill()) {
                    if (ended && own.waiting() == 0 && source.waiting() == 0) {
                        over = true;
                        given += window.takeRest(records);
                    } else {
                        ledger.awaitBytes(source, () -> ended);
                    }
                }
            }
        });
        return records;
    }

    private boolean fill() {
        source.moveTo(own, SLACK);
        long waiting = own.waiting();
        long room = ring.dataBytes() - (came - ledger.done(channel));
        MemorySegment piece = piece(came, Math.min(Math.min(room, waiting), SLACK));
        if (piece.byteSize() == 0) {
            return false;
        }
        ring.number(CAME_BEFORE, came);
        ring.number(READING, waiting + 1);
        long read = own.read(piece);
        came += read;
        store();
        window.add(piece.asSlice(0, read));
        return read > 0;
    }

    @Override
    public void close() {
        own.close();
        source.close();
    }
}
