package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.AgentSpec.LogPolicy;
import io.stratoswarm.core.linux.Errno;
import io.stratoswarm.core.linux.Linux;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * Takes the output of one agent from its two FIFOs to its logs. Within the agent's rate it is moved by the kernel; above it,
 * and where the disk takes no more, it is read, counted and dropped, and a line in the log says how much.
 */
final class AgentOutput {
    /** What became of one turn. */
    enum Turn {
        /** Nothing waits. */
        IDLE,
        /** More may wait. */
        MORE,
        /** It is being dropped; come again after a pause. */
        PAUSE
    }

    private static final long TURN_BYTES = 1 << 20;
    private static final int DROP_BYTES = 1 << 20;
    private static final int LONGEST_TAIL = 64 << 10;

    /** One of the two streams. */
    private static final class Stream {
        final int fifo;
        final StreamLog log;
        boolean dropping;
        long bytes;
        long lines;
        byte[] tail = {};
        String why = "";

        Stream(int fifo, StreamLog log) {
            this.fifo = fifo;
            this.log = log;
        }
    }

    private final Stream[] streams;
    private final RateGuard guard;
    private final InstantSource clock;
    private long unreportedBytes;
    private long unreportedLines;
    private long firstDropMillis;
    private long reportedMillis = Long.MIN_VALUE / 2;
    private boolean closed;
    /** Written under the lock, read without it. */
    private volatile long moved;

    AgentOutput(AgentFolder folder, LogPolicy policy, InstantSource clock) throws IOException {
        this.clock = clock;
        this.guard = new RateGuard(policy.maxBytesPerSecond(), clock.millis());
        this.streams = new Stream[] {
            stream(folder.out(), folder.logs(), "out", policy), stream(folder.err(), folder.logs(), "err", policy)
        };
    }

    private static Stream stream(Path fifo, Path logs, String name, LogPolicy policy) throws IOException {
        // Read-write, so that neither a keeper nor an agent that ends makes it hang up.
        int fd = Linux.open(fifo, Linux.O_RDWR | Linux.O_NONBLOCK, 0);
        Linux.pipeSize(fd, Linux.effectiveUser() == 0 ? 1 << 20 : 256 << 10);
        return new Stream(fd, new StreamLog(logs, name, policy.maxFileBytes(), policy.maxFiles()));
    }

    int descriptor(int stream) {
        return streams[stream].fifo;
    }

    /** Bounded work for one stream, 0 for out and 1 for err. */
    synchronized Turn turn(int which, MemorySegment buffer) {
        if (closed) {
            return Turn.IDLE;
        }
        Stream stream = streams[which];
        long now = clock.millis();
        long budget = guard.available(now);
        if (budget <= 0) {
            return drop(stream, buffer, now, "above " + guard.perSecond() + " bytes a second (log.maxRate)");
        }
        if (stream.dropping && !resume(stream, now)) {
            return drop(stream, buffer, now, stream.why);
        }
        long most = Math.min(TURN_BYTES, budget);
        long taken = stream.log.splice(stream.fifo, most, now);
        if (taken > 0) {
            moved += taken;
            guard.take(taken);
            return taken == most ? Turn.MORE : Turn.IDLE;
        }
        if (taken == 0 || taken == -Errno.EAGAIN || taken == -Errno.EINTR) {
            return Turn.IDLE;
        }
        return drop(stream, buffer, now, "the log cannot be written: " + Errno.text((int) -taken));
    }

    private Turn drop(Stream stream, MemorySegment buffer, long now, String why) {
        long read = Linux.read(stream.fifo, buffer.asSlice(0, Math.min(DROP_BYTES, buffer.byteSize())));
        if (read <= 0) {
            return stream.dropping ? Turn.PAUSE : Turn.IDLE;
        }
        if (unreportedBytes == 0) {
            firstDropMillis = now;
        }
        long lines = 0;
        long afterLast = 0;
        for (long i = 0; i < read; i++) {
            if (buffer.get(ValueLayout.JAVA_BYTE, i) == '\n') {
                lines++;
                afterLast = i + 1;
            }
        }
        long tail = lines > 0 && read - afterLast <= LONGEST_TAIL ? read - afterLast : 0;
        long bytes = read - tail + (lines > 0 ? stream.tail.length : 0);
        if (lines > 0) {
            stream.tail = buffer.asSlice(read - tail, tail).toArray(ValueLayout.JAVA_BYTE);
        }
        stream.dropping = true;
        stream.why = why;
        stream.bytes += bytes;
        stream.lines += lines;
        unreportedBytes += bytes;
        unreportedLines += lines;
        return Turn.PAUSE;
    }

    private static boolean resume(Stream stream, long now) {
        String text = (stream.log.endsLine() ? "" : "\n") + "[stratoswarm] dropped " + stream.bytes + " bytes, "
                + stream.lines + " lines of this stream: " + stream.why + "\n";
        byte[] note = text.getBytes(StandardCharsets.UTF_8);
        byte[] all = java.util.Arrays.copyOf(note, note.length + stream.tail.length);
        System.arraycopy(stream.tail, 0, all, note.length, stream.tail.length);
        if (!stream.log.append(all, now)) {
            return false;
        }
        stream.dropping = false;
        stream.bytes = 0;
        stream.lines = 0;
        stream.tail = new byte[0];
        return true;
    }

    /** Dropped bytes and lines that are due to be reported, or null. */
    synchronized long @org.jspecify.annotations.Nullable [] report() {
        long now = clock.millis();
        if (unreportedBytes == 0 || now - firstDropMillis < 1_000 || now - reportedMillis < 60_000) {
            return null;
        }
        long[] report = {unreportedBytes, unreportedLines};
        unreportedBytes = 0;
        unreportedLines = 0;
        reportedMillis = now;
        return report;
    }

    /** Bytes that were moved to the logs, without those that were dropped. */
    long movedBytes() {
        return moved;
    }

    /** Moves what waits in both FIFOs now, so that whoever reads the logs next sees it. */
    void drain() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(DROP_BYTES);
            for (int stream = 0; stream < streams.length; stream++) {
                for (int turns = 0; turns < 8 && turn(stream, buffer) == Turn.MORE; turns++) {
                    // Each turn is bounded; an agent that writes for ever does not hold us.
                }
            }
        }
    }

    synchronized void close() {
        if (!closed) {
            closed = true;
            for (Stream stream : streams) {
                Linux.close(stream.fifo);
                stream.log.close();
            }
        }
    }
}
