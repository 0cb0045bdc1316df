package io.stratoswarm.graphops.flow.queue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.flow.Poller;
import io.stratoswarm.api.graph.FlowSpec.Ack;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Hears what a receiver acknowledges, by its contract. Lines stay in their pipe until they are in the window, so that a crash loses
 * none; that one may be read twice changes nothing.
 */
final class AckReader implements AutoCloseable {
    private static final int AT_ONCE = 64 << 10;
    private static final int SHOWN = 80;

    private final Delivery.Receiver receiver;
    private final AckWindow window;
    private final Pipes pipes;
    private final Poller poller;
    private final Outputs outputs;
    private final Problems problems;
    private final MemorySegment memory = Arena.ofAuto().allocate(AT_ONCE, 64);
    private final byte[] bytes = new byte[AT_ONCE];
    private final AckLines.Listener listener = new AckLines.Listener() {
        @Override
        public void acknowledged(long first, long last) {
            acknowledge(first, last);
        }

        @Override
        public void nonsense(byte[] text, int from, int to) {
            report("wrote '" + shown(text, from, to)
                    + "' to its ack channel; a line is the number of a record that it was"
                    + " given, from 1, or two with a dash between them");
        }
    };

    private @Nullable Pipe scratch;
    private @Nullable Pipe pipe;
    private boolean listening;
    private long incarnation;
    private long base;

    AckReader(
            Delivery.Receiver receiver,
            AckWindow window,
            Pipes pipes,
            Poller poller,
            Outputs outputs,
            Problems problems) {
        this.receiver = receiver;
        this.window = window;
        this.pipes = pipes;
        this.poller = poller;
        this.outputs = outputs;
        this.problems = problems;
    }

    /** @param first number of the record that this incarnation is given first */
    void open(long next, long first) {
        incarnation = next;
        base = first;
    }

    /** Takes what there is now. */
    void read() {
        if (incarnation == 0) {
            return;
        }
        if (receiver.ack() instanceof Ack.OneToOne) {
            count(outputs.taken(incarnation).records());
        } else if (receiver.ack() instanceof Ack.OnChannel(String channel)) {
            readLines(channel);
        }
    }

    /** Whether an incarnation that has ended can acknowledge nothing more. Call {@link #read} before. */
    boolean all(long of) {
        if (of == 0 || !(receiver.ack() instanceof Ack.OneToOne)) {
            return true;
        }
        Outputs.Taken taken = outputs.taken(of);
        count(taken.records());
        return taken.all();
    }

    private void count(long records) {
        if (records > 0) {
            long before = Math.min(base + records, window.given());
            if (base + records > window.given()) {
                report("gave " + records + " records for " + (window.given() - base)
                        + " that it was given; one-to-one means one for each");
            }
            window.acknowledge(Math.min(base, before), before);
        }
    }

    private void readLines(String channel) {
        Pipe from = opened(channel);
        Pipe copy = scratch;
        if (from == null || copy == null) {
            return;
        }
        while (true) {
            long length = from.copyTo(copy, AT_ONCE);
            if (length == 0) {
                listen(from, true);
                return;
            }
            long there = 0;
            while (there < length) {
                there += copy.read(memory.asSlice(there, length - there));
            }
            MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, bytes, 0, (int) length);
            int used = AckLines.read(bytes, (int) length, listener);
            if (used == 0 && length < AT_ONCE) {
                // It would be told again and again that there is something to read.
                listen(from, false);
                return;
            }
            if (used == 0) {
                listener.nonsense(bytes, 0, (int) length);
                used = (int) length;
            }
            // Not by a splice, which a signal may end between two pages, so that half a line would be left: read(2)
            // takes from
            // a pipe all that it was asked for while there is enough, whatever the process is sent meanwhile.
            long gone = from.read(memory.asSlice(0, used));
            if (gone != used) {
                throw new IllegalStateException(from + " gave " + gone + " of " + used + " bytes that are there");
            }
        }
    }

    private @Nullable Pipe opened(String channel) {
        if (pipe == null) {
            try {
                Pipe opened = pipes.open(receiver.agent(), channel, OptionalLong.of(incarnation));
                pipe = opened;
                scratch = pipes.scratch();
            } catch (StratoswarmException e) {
                if (e.kind() != Kind.NOT_FOUND) {
                    throw e;
                }
            }
        }
        return pipe;
    }

    private void listen(Pipe to, boolean now) {
        if (now != listening) {
            listening = now;
            if (now) {
                poller.readable(to, receiver.key());
            } else {
                poller.forget(to);
            }
        }
    }

    /** Whether a line has begun and not ended: then nobody tells when there is more, and it has to be looked for. */
    boolean partial() {
        return pipe != null && !listening;
    }

    private void acknowledge(long first, long last) {
        if (!window.acknowledge(base + first - 1, base + last)) {
            report("acknowledged " + (first == last ? "record " + first : "records " + first + "-" + last)
                    + ", and was given " + (window.given() - base)
                    + " so far; records are numbered from 1 for each start");
        }
    }

    private void report(String what) {
        problems.report(receiver.toString(), receiver + " " + what + "; this is passed over");
    }

    private static String shown(byte[] text, int from, int to) {
        String line = new String(text, from, Math.min(to - from, SHOWN), StandardCharsets.UTF_8);
        StringBuilder clean = new StringBuilder();
        line.codePoints().forEach(point -> clean.appendCodePoint(Character.isISOControl(point) ? '?' : point));
        return to - from > SHOWN ? clean + "..." : clean.toString();
    }

    @Override
    public void close() {
        if (pipe != null) {
            poller.forget(pipe);
            pipe.close();
            pipe = null;
            listening = false;
        }
        if (scratch != null) {
            scratch.close();
            scratch = null;
        }
    }
}
