package io.stratoswarm.core.agent;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** What the owner does later. Touched by the owner alone; equal times run in the order in which they were added. */
final class Timers {
    /** A step back of the clock by more than this is taken for a change of the clock. */
    private static final long STEP_BACK = Texts.SECOND;

    /** One action; cancelled ones are skipped. */
    static final class Timer implements Comparable<Timer> {
        private long due;
        private final long order;
        private @Nullable Runnable action;

        private Timer(long due, long order, Runnable action) {
            this.due = due;
            this.order = order;
            this.action = action;
        }

        void cancel() {
            action = null;
        }

        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(due, other.due);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(order);
        }
    }

    private final PriorityQueue<Timer> queue = new PriorityQueue<>();
    private long count;
    private long last = Long.MIN_VALUE;

    Timer at(long due, Runnable action) {
        Timer timer = new Timer(due, count++, action);
        queue.add(timer);
        return timer;
    }

    /** Runs what is due; returns how many ran. */
    int run(long now) {
        if (last != Long.MIN_VALUE && now < last - STEP_BACK) {
            // The clock was set back: without this a wait would last longer by as much.
            long back = last - now;
            queue.forEach(timer -> timer.due -= back);
        }
        last = now;
        int ran = 0;
        for (Timer timer = queue.peek(); timer != null && timer.due <= now; timer = queue.peek()) {
            queue.remove();
            Runnable action = timer.action;
            if (action != null) {
                timer.cancel();
                action.run();
                ran++;
            }
        }
        return ran;
    }

    /** When the next one is due; Long.MAX_VALUE where none is. */
    long next() {
        for (Timer timer = queue.peek(); timer != null; timer = queue.peek()) {
            if (timer.action != null) {
                return timer.due;
            }
            queue.remove();
        }
        return Long.MAX_VALUE;
    }
}
