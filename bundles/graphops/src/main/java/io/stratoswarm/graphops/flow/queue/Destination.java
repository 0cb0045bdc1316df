package io.stratoswarm.graphops.flow.queue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.flow.Poller;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A receiver of flows that deliver at least once, as the rest of the engine sees it: its queue, and what became of what is in there.
 * Any thread may use it.
 */
public final class Destination {
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final Delivery.Receiver receiver;
    private final DurableQueue queue;
    private final Path file;
    private final Optional<Outputs> outputs;
    private final LongConsumer endInput;
    private final AtomicBoolean due = new AtomicBoolean(true);
    private final Runnable wakeUp;

    private volatile ReceiverState state = ReceiverState.NONE;
    private volatile Delivery.Counts counts = new Delivery.Counts(0, 0, 0);
    private volatile String problem = "";
    private volatile long incarnation;
    private volatile long endedFor;
    private volatile boolean endAgain;
    // Of the delivering thread alone.
    private @Nullable Delivery delivery;
    private long failedNanos;

    Destination(
            Delivery.Receiver receiver,
            DurableQueue queue,
            Path file,
            Optional<Outputs> outputs,
            LongConsumer endInput,
            Runnable wakeUp) {
        this.receiver = receiver;
        this.queue = queue;
        this.file = file;
        this.outputs = outputs;
        this.endInput = endInput;
        this.wakeUp = wakeUp;
        queue.whenAppended(this::look);
    }

    public DurableQueue queue() {
        return queue;
    }

    public Delivery.Counts counts() {
        return counts;
    }

    /** Why nothing is delivered, where that is by a failure; else empty. */
    public String problem() {
        return problem;
    }

    /** What its agent does now. */
    public void update(ReceiverState now) {
        state = now;
        look();
    }

    /** Start of the agent that was given records last; 0 where none was. */
    public long incarnation() {
        return incarnation;
    }

    /** Start of the agent whose input was ended; 0 where that of the last one was not. */
    public long endedFor() {
        return endedFor;
    }

    /** The end of its input could not be told, and has to be told again. */
    public void endAgain() {
        endAgain = true;
        look();
    }

    /** There may be something to do. */
    public void look() {
        if (!due.getAndSet(true)) {
            wakeUp.run();
        }
    }

    Delivery.Receiver receiver() {
        return receiver;
    }

    Path file() {
        return file;
    }

    /** Does what can be done. What fails is made anew from what is kept, as after a crash. */
    void step(Pipes pipes, Poller poller, Problems problems, long nanos) {
        due.set(false);
        if (!problem.isEmpty() && nanos - failedNanos < RETRY_NANOS) {
            return;
        }
        try {
            Delivery now = delivery;
            if (now == null) {
                now = new Delivery(receiver, queue, pipes, poller, file, outputs, problems, endInput);
                delivery = now;
            }
            now.update(state);
            if (endAgain) {
                endAgain = false;
                now.endAgain();
            }
            now.step();
            incarnation = now.incarnation();
            endedFor = now.ended() ? incarnation : 0;
            counts = now.counts();
            problem = "";
        } catch (StratoswarmException e) {
            problem = String.valueOf(e.getMessage());
            failedNanos = nanos;
            problems.report(receiver + " fails", receiver + " gets no records for now: " + e.getMessage());
            close();
        }
    }

    boolean due() {
        return due.get();
    }

    /** Whether nobody tells when there is more to hear. */
    boolean listens() {
        return delivery != null && delivery.listens();
    }

    void flush(Problems problems) {
        try {
            if (delivery != null) {
                delivery.flush();
            }
        } catch (StratoswarmException e) {
            problems.report(
                    receiver + " flush",
                    "what " + receiver
                            + " acknowledged cannot be made durable, so a crash of the host would repeat it: "
                            + e.getMessage());
        }
    }

    void close() {
        if (delivery != null) {
            delivery.close();
            delivery = null;
        }
    }
}
