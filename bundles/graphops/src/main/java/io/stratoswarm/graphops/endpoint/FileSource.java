package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.flow.NodeContext.RecordOutput;
import io.stratoswarm.api.graph.Channel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file, and where it follows it what is appended, also after the file was renamed and another one took its place, or was
 * truncated. How far it has come is kept with the records, so each line is given once, also across a kill of the daemon.
 */
final class FileSource {
    private static final Set<StandardOpenOption> READ = Set.of(StandardOpenOption.READ);
    private static final int PIECE = 256 << 10;
    private static final long POLL_MILLIS = 100;
    /** So many looks at an old file find nothing before the new one is read: its writer may not have noticed yet. */
    private static final int QUIET_POLLS = 10;

    private final NodeContext context;
    private final RecordOutput output;
    private final Pause pause;
    private final Path path;
    private final boolean follow;
    private final boolean fromEnd;
    private final RecordBuffer lines;
    private final ByteBuffer buffer = ByteBuffer.allocate(PIECE);
    private FileId.@Nullable Opened open;
    /** Of the next byte to be read. */
    private long offset;

    FileSource(NodeContext context, Settings settings) {
        this.context = context;
        this.output = context.output(Channel.STDOUT);
        this.pause = new Pause(context);
        this.path = Path.of(settings.needed("path"));
        this.follow = settings.flag("follow", true);
        this.fromEnd = settings.text("from").orElse("start").equals("end");
        this.lines = new RecordBuffer(output);
    }

    void run() throws IOException, InterruptedException {
        try {
            begin();
            while (!context.stopping()) {
                if (open == null) {
                    if (!openAgain()) {
                        return;
                    }
                } else if (!piece() && !atEnd()) {
                    return;
                }
            }
        } finally {
            close();
        }
    }

    private void close() throws IOException {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    private FileId.Opened opened() {
        return java.util.Objects.requireNonNull(open);
    }

    /** Goes on where an earlier incarnation was, or begins. */
    private void begin() throws IOException, InterruptedException {
        Optional<Place> kept = Place.parse(context.position(), path.toString());
        if (kept.isPresent()) {
            resume(kept.get());
            return;
        }
        try {
            use(FileId.open(path, READ), 0);
        } catch (NoSuchFileException e) {
            if (!follow) {
                throw missing(e);
            }
            write(List.of());
            return;
        }
        if (fromEnd) {
            offset = opened().channel().size();
            lines.skip(offset > 0 && !endsLine(opened().channel(), offset));
        }
        // So that a crash before the first line does not begin at another end.
        write(List.of());
    }

    private static boolean endsLine(FileChannel channel, long offset) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        return channel.read(last, offset - 1) == 1 && last.get(0) == '\n';
    }

    private StratoswarmException missing(NoSuchFileException e) {
        return new StratoswarmException(
                StratoswarmException.Kind.NOT_FOUND,
                "the file " + path + " is not there; with \"follow\": true it would be waited for",
                e);
    }

    private void resume(Place place) throws IOException, InterruptedException {
        if (place.file().equals(Place.NO_FILE)) {
            return;
        }
        Optional<FileId.Opened> found = new Rotated(path).find(place);
        if (found.isEmpty()) {
            context.log("the file that was read up to byte " + place.offset() + " is not there any more, nor beside "
                    + path + " under another name; what was appended to it meanwhile is not known");
            return;
        }
        use(found.get(), place.offset());
        lines.skip(place.skipping());
    }

    private void use(FileId.Opened opened, long from) {
        open = opened;
        offset = from;
        lines.clear();
        context.waiting("");
        context.ready();
    }

    /** Waits for a file to be there; false where there is no more to do. */
    private boolean openAgain() throws IOException, InterruptedException {
        try {
            use(FileId.open(path, READ), 0);
            return true;
        } catch (NoSuchFileException e) {
            if (!follow) {
                throw missing(e);
            }
            context.waiting("the file " + path + " is not there yet");
            return pause.millis(POLL_MILLIS);
        }
    }

    /** Reads on; false where there is nothing more now. */
    private boolean piece() throws IOException, InterruptedException {
        buffer.clear();
        int read = opened().channel().read(buffer, offset);
        if (read <= 0) {
            return false;
        }
        offset += read;
        boolean before = lines.skipping();
        List<byte[]> records = lines.add(buffer.flip());
        if (!records.isEmpty() || !lines.skipping() || !before) {
            write(records);
        }
        return true;
    }

    private void write(List<byte[]> records) throws IOException, InterruptedException {
        if (open == null) {
            context.keepPosition(new Place(Place.hash(path.toString()), Place.NO_FILE, 0, 0, false).toString());
        } else if (records.isEmpty() && offset != 0 && lines.rest() > 0) {
            return;
        } else {
            long done = offset - lines.rest();
            context.keepPosition(new Place(
                            Place.hash(path.toString()),
                            open.id(),
                            done,
                            FileId.beginning(open.channel(), done),
                            lines.skipping())
                    .toString());
        }
        output.write(records);
    }

    /** What to do where nothing more is there now; false where all is done. */
    private boolean atEnd() throws IOException, InterruptedException {
        if (!follow) {
            lastLine();
            return false;
        }
        FileId.Opened now = opened();
        long size = now.channel().size();
        if (size < offset) {
            context.log(path + " was truncated to " + size + " bytes; it is read from its beginning");
            lastLine();
            use(now, 0);
            return true;
        }
        Optional<FileId> there = FileId.at(path);
        if (there.isPresent() && !there.get().equals(now.id())) {
            return quiet() ? next() : !context.stopping();
        }
        return pause.millis(POLL_MILLIS) && changedWithin(size);
    }

    /** A file that was truncated and has grown since beyond what was read looks like one that has only grown. */
    private boolean changedWithin(long size) throws IOException, InterruptedException {
        FileChannel channel = opened().channel();
        long done = offset - lines.rest();
        Optional<Place> kept = Place.parse(context.position(), path.toString());
        if (channel.size() > size
                && kept.isPresent()
                && kept.get().offset() == done
                && FileId.beginning(channel, done) != kept.get().beginning()) {
            context.log(path + " was written anew; it is read from its beginning");
            lastLine();
            use(opened(), 0);
        }
        return true;
    }

    private boolean quiet() throws IOException, InterruptedException {
        for (int i = 0; i < QUIET_POLLS; i++) {
            if (!pause.millis(POLL_MILLIS) || opened().channel().size() != offset) {
                return false;
            }
        }
        return true;
    }

    /** On to the file that was begun after this one was renamed. */
    private boolean next() throws IOException, InterruptedException {
        lastLine();
        FileId.Opened old = opened();
        Optional<FileId.Opened> next = new Rotated(path).after(old.id());
        old.close();
        open = null;
        next.ifPresent(it -> use(it, 0));
        return true;
    }

    private void lastLine() throws IOException, InterruptedException {
        byte[] last = lines.last();
        if (last != null) {
            List<byte[]> records = new ArrayList<>();
            records.add(last);
            write(records);
        }
    }
}
