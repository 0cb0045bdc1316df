package io.stratoswarm.audit.compliance;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what somebody else does, a minute at most. */
final class Wait {
    private static final long PATIENCE_SECONDS = 60;

    private Wait() {}

    static <T> T on(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StratoswarmException known
                    ? known
                    : new StratoswarmException(Kind.SYSTEM, String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            throw new StratoswarmException(Kind.TIMEOUT, "not done within " + PATIENCE_SECONDS + " s; it goes on", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "interrupted before it was done", e);
        }
    }
}
