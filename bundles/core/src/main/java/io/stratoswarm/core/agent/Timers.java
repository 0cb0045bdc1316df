package io.stratoswarm.core.agent;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** What the owner does later. Touched by the owner alone; equal times run in the order in which they were added. */
final class Timers {
    /** One action; cancelled ones are skipped. */
    static final class Timer implements Comparable<Timer> {
        private final long due;
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

    Timer at(long due, Runnable action) {
        Timer timer = new Timer(due, count++, action);
        queue.add(timer);
        return timer;
    }

    /** Runs what is due; returns how many ran. */
    int run(long now) {
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
