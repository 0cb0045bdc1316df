package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for an operation of a service, but not for ever. */
record Waiting(long limitMillis) {
    /** The operation itself goes on where the time is over: only this answer stops waiting for it. */
    <T> T on(CompletableFuture<T> operation) throws InterruptedException {
        try {
            return operation.get(limitMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new StratoswarmException(
                    Kind.TIMEOUT,
                    "not done within " + limitMillis / 1_000 + " s; it goes on, 'stratoswarm ps' shows how far it is",
                    e);
        } catch (ExecutionException e) {
            throw new CompletionException(e.getCause());
        }
    }
}
