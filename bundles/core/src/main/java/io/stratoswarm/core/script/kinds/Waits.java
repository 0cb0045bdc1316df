package io.stratoswarm.core.script.kinds;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits that end at once when what waits is closed. */
final class Waits {
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    void close() {
        closed.complete(null);
    }

    boolean isClosed() {
        return closed.isDone();
    }

    /** The value; empty where this was closed before it came. What the future failed with is thrown as it is. */
    <T> Optional<T> on(CompletableFuture<T> future, long millis) throws TimeoutException, ExecutionException {
        try {
            CompletableFuture.anyOf(future.handle((value, failure) -> 0), closed)
                    .get(millis, TimeUnit.MILLISECONDS);
            return future.isDone() ? Optional.of(future.get()) : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Returns early where this is closed. */
    void pause(long millis) {
        try {
            closed.get(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        } catch (TimeoutException e) {
            return; // The time is over, which is what was waited for.
        } catch (ExecutionException e) {
            throw new IllegalStateException("it is never failed", e);
        }
    }
}
