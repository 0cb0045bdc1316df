package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.flow.NodeContext.RecordInput;
import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Writes records to a file. The size that the file has is kept together with what is done: where a kill came between the two, the
 * file is longer than it should be, and what is beyond is compared with the records that come again and is not written twice. So a
 * line that was torn is completed. The node must be the only one that writes to the file.
 */
final class FileSink {
    private static final Set<OpenOption> OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final int BATCH = 4_096;
    private static final long SYNC_NANOS = 1_000_000_000L;

    private final NodeContext context;
    private final LongSupplier nanos;
    private final RecordInput input;
    private final Done done;
    private final boolean acknowledged;
    private final Path path;
    private final boolean append;
    private FileId.Opened open;
    /** Where the next record belongs. */
    private long size;
    /** Bytes behind {@link #size} that an earlier incarnation wrote and could not count as done. */
    private long ahead;

    private long syncedNanos;
    private boolean unsynced;

    FileSink(NodeContext context, Settings settings, LongSupplier nanos) throws IOException {
        this.context = context;
        this.nanos = nanos;
        this.input = context.input(Channel.STDIN);
        this.done = new Done(context);
        this.acknowledged = context.output(Channel.STDOUT).connected();
        this.path = Path.of(settings.needed("path"));
        this.append = settings.flag("append", true);
        Optional<Place> kept = Place.parse(context.position(), path.toString());
        this.open = open();
        begin(kept);
    }

    private FileId.Opened open() throws IOException {
        return FileId.open(path, OPTIONS);
    }

    private void begin(Optional<Place> kept) throws IOException {
        long there = open.channel().size();
        if (kept.isPresent() && kept.get().file().equals(open.id())) {
            size = Math.min(there, kept.get().offset());
            ahead = there - size;
        } else if (append || kept.isPresent()) {
            atEnd();
        } else {
            open.channel().truncate(0);
            size = 0;
        }
        keep();
    }

    /** A last line that somebody left without its newline gets one, so that ours does not become a part of it. */
    private void atEnd() throws IOException {
        FileChannel channel = open.channel();
        size = channel.size();
        ahead = 0;
        ByteBuffer last = ByteBuffer.allocate(1);
        if (input.framing() == Framing.LINES && size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n') {
            size += channel.write(ByteBuffer.wrap(new byte[] {'\n'}), size);
        }
    }

    private void keep() {
        context.keepPosition(new Place(Place.hash(path.toString()), open.id(), size, 0, false).toString());
    }

    void run() throws IOException, InterruptedException {
        try {
            context.ready();
            for (List<byte[]> records = input.read(BATCH); !records.isEmpty(); records = input.read(BATCH)) {
                write(records);
            }
            if (!context.stopping() && !append) {
                // It is complete; the next run makes it anew.
                context.keepPosition("");
            }
            open.channel().force(false);
        } finally {
            open.close();
        }
    }

    private void write(List<byte[]> records) throws IOException, InterruptedException {
        if (FileId.at(path).filter(open.id()::equals).isEmpty()) {
            context.log(path + " was renamed or removed; a new one is begun");
            open.channel().force(false);
            open.close();
            open = open();
            atEnd();
        }
        ByteBuffer bytes = Framed.bytes(input.framing(), records);
        if (ahead > 0) {
            skipWritten(bytes);
        }
        long before = size;
        try {
            while (bytes.hasRemaining()) {
                size += open.channel().write(bytes, size);
            }
            sync();
        } catch (IOException e) {
            throw failed(e, before);
        }
        keep();
        // Who is told that they are done may forget them.
        if (acknowledged) {
            open.channel().force(false);
            unsynced = false;
        }
        done.are(records.size());
    }

    private void skipWritten(ByteBuffer bytes) throws IOException {
        int same = (int) Math.min(ahead, bytes.remaining());
        ByteBuffer there = ByteBuffer.allocate(same);
        while (there.hasRemaining() && open.channel().read(there, size + there.position()) > 0) {
            // One read may give less than there is.
        }
        if (there.flip().equals(bytes.duplicate().limit(bytes.position() + same))) {
            bytes.position(bytes.position() + same);
            size += same;
            ahead -= same;
        } else {
            context.log("what " + path + " holds from byte " + size + " on is not what comes now; it is left as it is");
            atEnd();
        }
    }

    /** The power may fail: at most a second of records is not on the disk then. */
    private void sync() throws IOException {
        long now = nanos.getAsLong();
        if (!unsynced) {
            unsynced = true;
            syncedNanos = now;
        } else if (now - syncedNanos >= SYNC_NANOS) {
            open.channel().force(false);
            unsynced = false;
        }
    }

    /** Whole records only: a part that was written is taken back. It comes again with the next incarnation. */
    private StratoswarmException failed(IOException e, long before) {
        try {
            open.channel().truncate(before);
        } catch (IOException notEvenThat) {
            e.addSuppressed(notEvenThat);
        }
        return new StratoswarmException(
                StratoswarmException.Kind.FULL,
                "cannot write to " + path + ": " + e.getMessage()
                        + "; nothing is lost, its records wait until it can be written",
                e);
    }
}
