package io.stratoswarm.healing.heal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Waits for what an act began, but not for ever. */
final class Wait {
    static final long PATIENCE_SECONDS = 60;
    private static final long STEP_MILLIS = 50;

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
            throw interrupted(e);
        }
    }

    /** Looks now and then; whether it has become so. */
    static boolean until(BooleanSupplier so) {
        return until(so, PATIENCE_SECONDS * 1_000);
    }

    static boolean until(BooleanSupplier so, long millis) {
        for (long waited = 0; waited < millis; waited += STEP_MILLIS) {
            if (so.getAsBoolean()) {
                return true;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
        return so.getAsBoolean();
    }

    private static StratoswarmException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new StratoswarmException(Kind.UNAVAILABLE, "interrupted before it was done", e);
    }
}
