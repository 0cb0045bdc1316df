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
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the records of a queue to its receiver and hears what it acknowledges. For one thread; no call waits.
 *
 * <p>Records are first written to a private kept pipe, which is empty then, and moved from there to the receiver. While a write goes
 * on, the cell says so and where it began, so the bytes in the private pipe tell after a crash how far it came; a move needs no mark,
 * since what has left the private pipe has arrived. Each incarnation of the receiver has pipes of its own and begins with the first
 * record that is not acknowledged.
 */
public final class Delivery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    /** Records that a receiver may have and not acknowledge, before it gets no more. */
    static final int WINDOW = 1 << 20;

    private static final int PIECE = 128 << 10;
    private static final int ROUNDS = 16;

    private static final int INCARNATION = 0;
    private static final int BASE = 1;
    private static final int POSITION = 2;
    private static final int OFFSET = 3;
    private static final int PUTTING = 4;
    private static final int ENDED = 5;
    private static final int HIGHEST = 6;
    private static final int REDELIVERED = 7;
    private static final int PUT = 8;
    private static final int OUTPUT = 9;
    private static final int NUMBERS = OUTPUT + OwnOutput.NUMBERS;

    private final Receiver receiver;
    private final DurableQueue queue;
    private final Pipes pipes;
    private final Poller poller;
    private final Cell cell;
    private final AckWindow window;
    private final AckReader acks;
    private final OwnOutput ownOutput;
    private final LongConsumer endInput;
    /** Whether this process has told the end of the input. */
    private boolean told;

    private final MemorySegment piece = Arena.ofAuto().allocate(PIECE, 64);
    private final RecordEnds ends = new RecordEnds();

    private volatile ReceiverState state = ReceiverState.NONE;
    private volatile Counts counts = new Counts(0, 0, 0);
    private long flushed = -1;
    private @Nullable Pipe own;
    private @Nullable Pipe input;
    private @Nullable Chunk chunk;
    private long chunkPosition = -1;
    private long held;

    /**
     * Whom records go to.
     *
     * @param pipes beginning of the names of kept pipes
     * @param key that the poller gives back
     */
    public record Receiver(String agent, String channel, String pipes, Ack ack, long key) {
        String pipe(long incarnation) {
            return pipes + incarnation + ".p";
        }

        @Override
        public String toString() {
            return agent + "." + channel;
        }
    }

    /**
     * What is known from outside, as numbers of the queue's records.
     *
     * @param delivered the first record that no receiver had
     * @param acked the first record that is not acknowledged
     * @param redelivered records that were given to a receiver once more
     */
    public record Counts(long delivered, long acked, long redelivered) {}

    /**
     * @param outputs what is known of the flow that begins at the receiver; empty where none does
     * @param endInput ends the input of an incarnation; may be called again for the same one
     */
    public Delivery(
            Receiver receiver,
            DurableQueue queue,
            Pipes pipes,
            Poller poller,
            Path file,
            Optional<Outputs> outputs,
            Problems problems,
            LongConsumer endInput) {
        this.receiver = receiver;
        this.queue = queue;
        this.pipes = pipes;
        this.poller = poller;
        this.endInput = endInput;
        cell = new Cell(file, NUMBERS, AckWindow.numbers(WINDOW));
        window = new AckWindow(cell.alone(), cell.get(PUT));
        ownOutput = new OwnOutput(receiver, pipes, poller, cell, OUTPUT);
        acks = new AckReader(receiver, window, pipes, poller, outputs.orElse(ownOutput), problems);
        recover();
    }

    long incarnation() {
        return cell.get(INCARNATION);
    }

    boolean ended() {
        return cell.get(ENDED) != 0;
    }

    private void recover() {
        if (window.acked() > queue.end()) {
            LOG.warn(
                    "{}: {} records are acknowledged and its queue ends at {}; all that it holds is delivered again",
                    receiver,
                    window.acked(),
                    queue.end());
            window.reset(queue.begin());
            cell.set(INCARNATION, 0).set(HIGHEST, 0).set(PUT, 0).commit();
        }
        window.forward(queue.begin());
        queue.acknowledged(window.acked());
        if (incarnation() == 0) {
            return;
        }
        Pipe mine = pipes.kept(receiver.pipe(incarnation()));
        own = mine;
        held = mine.waiting();
        if (cell.get(PUTTING) != 0) {
            Chunk begun = load();
            if (begun == null) {
                throw new StratoswarmException(
                        Kind.DAMAGED,
                        "the queue " + queue.name() + " lacks entry " + cell.get(POSITION) + ", of which " + receiver
                                + " was just given something; restore a backup, or delete the graph");
            }
            wrote(begun, held);
        } else if (held > 0) {
            load();
        }
        acks.open(incarnation(), cell.get(BASE));
        if (cell.get(ENDED) == 0) {
            openInput();
        }
        publish();
    }

    private boolean onEof() {
        return receiver.ack() instanceof Ack.OnEof;
    }

    /** May be called by any thread; the one that steps has to be woken up. */
    public void update(ReceiverState now) {
        state = now;
    }

    public Counts counts() {
        return counts;
    }

    public DurableQueue queue() {
        return queue;
    }

    /** Does what can be done now. */
    void step() {
        ReceiverState now = state;
        boolean current = now.incarnation() == incarnation();
        acks.read();
        if (current && now.completed() && onEof() && cell.get(ENDED) != 0) {
            window.forward(cell.get(PUT));
        } else if (!current && now.running() && acks.all(incarnation())) {
            start(now.incarnation());
            current = true;
        }
        if (current && now.running() && cell.get(ENDED) == 0) {
            deliver(now);
        }
        if (current && now.running() && cell.get(ENDED) != 0 && !told) {
            // Not before it is known to run: it would be told to the next start, or to a later agent of the same name.
            told = true;
            endInput.accept(incarnation());
        }
        publish();
        queue.acknowledged(window.acked());
    }

    private void start(long next) {
        forgetPipes();
        if (incarnation() != 0) {
            // What never left the private pipe is no duplicate when it comes again.
            cell.set(HIGHEST, frontier());
            pipes.removeKept(receiver.pipe(incarnation()));
            pipes.removeKept(OwnOutput.pipe(receiver, incarnation()));
        }
        held = 0;
        told = false;
        window.restart();
        long first = window.acked();
        cell.set(INCARNATION, next)
                .set(BASE, first)
                .set(PUTTING, 0)
                .set(ENDED, 0)
                .set(PUT, first);
        cell.set(POSITION, queue.positionOf(first)).set(OFFSET, 0);
        ownOutput.reset();
        Chunk begin = load();
        if (begin != null && first > begin.first()) {
            cell.set(OFFSET, ends.end((int) (first - begin.first()) - 1) - begin.begin());
        }
        cell.commit();
        own = pipes.kept(receiver.pipe(next));
        acks.open(next, first);
        openInput();
    }

    private void openInput() {
        try {
            input = pipes.open(receiver.agent(), receiver.channel(), OptionalLong.of(incarnation()));
        } catch (StratoswarmException e) {
            if (e.kind() != Kind.NOT_FOUND && e.kind() != Kind.CONFLICT) {
                throw e;
            }
            LOG.debug("{} takes nothing now: {}", receiver, e.getMessage());
        }
    }

    private void deliver(ReceiverState now) {
        if (input == null) {
            openInput();
        }
        Pipe mine = own;
        Pipe target = input;
        if (mine == null || target == null) {
            return;
        }
        boolean blocked = false;
        for (int i = 0; i < ROUNDS && !blocked; i++) {
            if (held == 0 && !putPiece(mine)) {
                poller.forget(target);
                if (now.sourcesEnded() && load() == null) {
                    end();
                }
                return;
            }
            long moved = mine.moveTo(target, held);
            held -= moved;
            blocked = moved == 0;
        }
        // Where rounds were used up there is room, so the poller gives the key back at once.
        poller.writable(target, receiver.key());
    }

    /** Writes the next bytes to the private pipe, which is empty; false where there is nothing that may go. */
    private boolean putPiece(Pipe mine) {
        Chunk from = load();
        if (from == null) {
            return false;
        }
        int begin = from.begin() + (int) cell.get(OFFSET);
        int end = Math.min(from.bytes().length, begin + PIECE);
        int after = ends.endedBy(end);
        if (!onEof()) {
            long most = window.limit() - from.first();
            if (after > most) {
                after = (int) most;
                end = after == 0 ? begin : Math.max(begin, ends.end(after - 1));
            }
            if (end <= begin) {
                return false;
            }
            // Before they can be acknowledged.
            window.give(from.first() + after);
        }
        MemorySegment bytes = piece.asSlice(0, end - begin);
        MemorySegment.copy(from.bytes(), begin, bytes, ValueLayout.JAVA_BYTE, 0, end - begin);
        cell.set(PUTTING, 1).commit();
        held = mine.write(bytes);
        wrote(from, held);
        return held > 0;
    }

    /** So many bytes of this entry are in the private pipe, which was empty. */
    private void wrote(Chunk from, long bytes) {
        long at = cell.get(OFFSET) + bytes;
        long before = cell.get(PUT);
        long put = from.first() + ends.endedBy(from.begin() + (int) at);
        long again = Math.max(0, Math.min(put, cell.get(HIGHEST)) - before);
        cell.set(PUTTING, 0).set(OFFSET, at).set(PUT, put);
        cell.set(REDELIVERED, cell.get(REDELIVERED) + again);
        cell.set(HIGHEST, Math.max(cell.get(HIGHEST), put));
        cell.commit();
        if (!onEof()) {
            window.give(put);
        }
    }

    /** The entry that goes on; null where all is given. */
    private @Nullable Chunk load() {
        while (true) {
            if (held == 0 && cell.get(POSITION) < queue.head()) {
                // All of its entry was given and is acknowledged, so that it was removed before the next one was begun.
                cell.set(POSITION, queue.head()).set(OFFSET, 0);
            }
            long position = cell.get(POSITION);
            if (position != chunkPosition || chunk == null) {
                chunk = queue.at(position);
                if (chunk == null) {
                    return null;
                }
                chunkPosition = position;
                ends.find(chunk.framing(), chunk.bytes(), chunk.begin(), chunk.bytes().length, chunk.count());
            }
            Chunk now = chunk;
            if (cell.get(OFFSET) < now.payload() || held > 0) {
                return now;
            }
            cell.set(POSITION, position + 1).set(OFFSET, 0);
        }
    }

    /** The first record that no receiver ever got as a whole. */
    private long frontier() {
        long highest = cell.get(HIGHEST);
        Chunk now = chunk;
        return held == 0 || now == null || cell.get(PUT) < highest
                ? highest
                : now.first() + ends.endedBy(now.begin() + (int) (cell.get(OFFSET) - held));
    }

    private void end() {
        cell.set(ENDED, 1).commit();
        if (input != null) {
            poller.forget(input);
            input.close();
            input = null;
        }
    }

    /** It could not be told. */
    void endAgain() {
        told = false;
    }

    private void publish() {
        counts = new Counts(frontier(), window.acked(), cell.get(REDELIVERED));
    }

    /** Whether nobody tells when there is more to hear. */
    boolean listens() {
        return acks.partial();
    }

    /** Makes durable what was acknowledged since the last time. */
    void flush() {
        queue.flush();
        if (window.acked() != flushed) {
            flushed = window.acked();
            cell.force();
        }
    }

    private void forgetPipes() {
        acks.close();
        ownOutput.close();
        if (input != null) {
            poller.forget(input);
            input.close();
            input = null;
        }
        if (own != null) {
            own.close();
            own = null;
        }
    }

    @Override
    public void close() {
        forgetPipes();
        cell.close();
    }
}
