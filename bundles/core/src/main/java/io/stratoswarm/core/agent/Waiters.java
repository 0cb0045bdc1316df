package io.stratoswarm.core.agent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** Callers who wait until agents have come to a durable state. */
final class Waiters {
    /** @param reached true where the agent of this id is there; throws where it will not come there */
    private record Waiter(Deque<String> open, Predicate<String> reached, Runnable done, CompletableFuture<?> future) {}

    private final List<Waiter> waiting = new ArrayList<>();

    void add(Collection<String> agents, Predicate<String> reached, Runnable done, CompletableFuture<?> future) {
        waiting.add(new Waiter(new ArrayDeque<>(agents), reached, done, future));
        check();
    }

    void check() {
        waiting.removeIf(Waiters::settled);
    }

    private static boolean settled(Waiter waiter) {
        try {
            while (!waiter.open.isEmpty()) {
                if (!waiter.reached.test(waiter.open.getFirst())) {
                    return waiter.future.isDone();
                }
                waiter.open.removeFirst();
            }
            waiter.done.run();
        } catch (RuntimeException e) {
            waiter.future.completeExceptionally(e);
        }
        return true;
    }

    void failAll(RuntimeException why) {
        waiting.forEach(waiter -> waiter.future.completeExceptionally(why));
        waiting.clear();
    }
}
