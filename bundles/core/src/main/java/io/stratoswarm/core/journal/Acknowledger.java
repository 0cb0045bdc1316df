package io.stratoswarm.core.journal;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers appends in the writer's order: a few on the writer's own thread, which is quickest for each, and many on a thread of
 * its own, so that callbacks run while the writer works on the next batch. At most one thread answers at a time.
 */
final class Acknowledger {
    /** Up to so many, waking another thread costs more than it gains. */
    private static final int FEW = 32;
    /** Batches that may wait; beyond them the writer waits for the callbacks. */
    private static final int BATCHES = 2;

    private static final List<Pending> END = List.of();

    private final ArrayBlockingQueue<List<Pending>> batches = new ArrayBlockingQueue<>(BATCHES);
    private final AtomicInteger unanswered = new AtomicInteger();
    private final Thread thread;

    Acknowledger() {
        thread = Thread.ofPlatform().name("journal-acknowledger").unstarted(this::run);
    }

    Thread thread() {
        return thread;
    }

    /** Called by the writer alone. The list must not change afterwards. */
    void answer(List<Pending> decided) {
        if (decided.size() <= FEW && unanswered.get() == 0) {
            complete(decided);
        } else if (!decided.isEmpty()) {
            unanswered.incrementAndGet();
            hand(decided);
        }
    }

    /** Called by the writer when it ends; what it decided is still answered. */
    void end() {
        hand(END);
    }

    private void hand(List<Pending> batch) {
        boolean interrupted = false;
        while (true) {
            try {
                batches.put(batch);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (true) {
            try {
                List<Pending> batch = batches.take();
                if (batch.isEmpty()) {
                    return;
                }
                complete(batch);
                unanswered.decrementAndGet();
            } catch (InterruptedException e) {
                // Only a callback can have interrupted this thread; the others still wait for their answers.
                continue;
            }
        }
    }

    private static void complete(List<Pending> batch) {
        for (int i = 0; i < batch.size(); i++) {
            Pending pending = batch.get(i);
            if (pending.refusal != null) {
                pending.future.completeExceptionally(pending.refusal);
            } else {
                pending.future.complete(pending.receipt);
            }
        }
    }
}
