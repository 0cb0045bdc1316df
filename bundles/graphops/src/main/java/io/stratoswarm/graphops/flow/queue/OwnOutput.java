package io.stratoswarm.graphops.flow.queue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.flow.Poller;
import io.stratoswarm.api.graph.Channel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts the lines that a receiver writes to its standard output where no flow begins there, and drops them. Bytes go to a private
 * pipe first, whose content tells after a crash whether those that were counted are gone.
 */
final class OwnOutput implements Outputs, AutoCloseable {
    /** Numbers of the cell that it needs. */
    static final int NUMBERS = 3;

    private static final int COUNT = 0;
    private static final int TAKE = 1;
    private static final int HELD = 2;
    private static final int AT_ONCE = 64 << 10;

    private final Delivery.Receiver receiver;
    private final Pipes pipes;
    private final Poller poller;
    private final Cell cell;
    private final int at;
    private final MemorySegment memory = Arena.ofAuto().allocate(AT_ONCE, 64);
    private @Nullable Pipe from;
    private @Nullable Pipe own;
    private @Nullable Pipe scratch;

    OwnOutput(Delivery.Receiver receiver, Pipes pipes, Poller poller, Cell cell, int at) {
        this.receiver = receiver;
        this.pipes = pipes;
        this.poller = poller;
        this.cell = cell;
        this.at = at;
    }

    /** The caller commits. */
    void reset() {
        cell.set(at + COUNT, 0).set(at + TAKE, 0).set(at + HELD, 0);
    }

    static String pipe(Delivery.Receiver receiver, long incarnation) {
        return receiver.pipes() + incarnation + ".o";
    }

    @Override
    public Taken taken(long incarnation) {
        open(incarnation);
        Pipe source = from;
        Pipe mine = own;
        Pipe copy = scratch;
        if (source == null || mine == null || copy == null) {
            return new Taken(cell.get(at + COUNT), true);
        }
        while (true) {
            source.moveTo(mine, AT_ONCE);
            long there = mine.copyTo(copy, AT_ONCE);
            if (there == 0) {
                return new Taken(cell.get(at + COUNT), true);
            }
            for (long read = 0; read < there; ) {
                read += copy.read(memory.asSlice(read, there - read));
            }
            long lines = 0;
            for (long i = 0; i < there; i++) {
                lines += memory.get(ValueLayout.JAVA_BYTE, i) == '\n' ? 1 : 0;
            }
            cell.set(at + COUNT, cell.get(at + COUNT) + lines);
            cell.set(at + TAKE, there).set(at + HELD, mine.waiting()).commit();
            discard(mine, there);
            cell.set(at + TAKE, 0).commit();
        }
    }

    private void open(long incarnation) {
        if (from != null) {
            return;
        }
        try {
            from = pipes.open(receiver.agent(), Channel.STDOUT, OptionalLong.of(incarnation));
        } catch (StratoswarmException e) {
            if (e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
            return;
        }
        Pipe mine = pipes.kept(pipe(receiver, incarnation));
        own = mine;
        scratch = pipes.scratch();
        long take = cell.get(at + TAKE);
        if (take > 0) {
            discard(mine, take - (cell.get(at + HELD) - mine.waiting()));
            cell.set(at + TAKE, 0).commit();
        }
        poller.readable(from, receiver.key());
    }

    private static void discard(Pipe pipe, long bytes) {
        for (long left = Math.min(bytes, pipe.waiting()); left > 0; ) {
            left -= pipe.discard(left);
        }
    }

    @Override
    public void close() {
        if (from != null) {
            poller.forget(from);
            from.close();
            from = null;
        }
        if (own != null) {
            own.close();
            own = null;
        }
        if (scratch != null) {
            scratch.close();
            scratch = null;
        }
    }
}
