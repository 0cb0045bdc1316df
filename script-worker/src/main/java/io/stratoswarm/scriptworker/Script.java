package io.stratoswarm.scriptworker;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.graalvm.polyglot.Source;
import org.jspecify.annotations.Nullable;

/**
 * One script: its thread, its queue and its context. The daemon bounds the queue, since it knows what it has sent and what was
 * answered. A context that a breach has closed is made again at the next call.
 */
final class Script {
    /** Evaluating a script at its top level includes what it imports, which takes longer than a call. */
    private static final long LOAD_EXTRA_MILLIS = 5_000;

    /** Longest that the first call in a context may wait for a processor, beyond its limit. */
    private static final long FIRST_EXTRA_MILLIS = 5_000;

    private static final long OPEN_MILLIS = 60_000;
    private static final long STACK_BYTES = 2 << 20;
    private static final String[] NOTHING = {};

    /** What a script's thread does next. */
    private sealed interface Task permits Call, Rest {}

    /** Inputs of one batch. */
    record Call(long number, String[] inputs) implements Task {}

    /** Closes the context once nothing runs in it, and lets nothing else run until it is over. */
    static final class Rest implements Task, AutoCloseable {
        private final Script script;
        private final CompletableFuture<Boolean> closed = new CompletableFuture<>();
        private final CompletableFuture<Void> over = new CompletableFuture<>();

        private Rest(Script script) {
            this.script = script;
        }

        /** False where that took too long, or there was no context that had been called. */
        boolean closed(long seconds) {
            try {
                return closed.get(seconds, TimeUnit.SECONDS);
            } catch (TimeoutException | ExecutionException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        @Override
        public void close() {
            over.complete(null);
        }

        private void take() throws InterruptedException {
            if (over.isDone()) {
                return;
            }
            script.beginUnlimited();
            try {
                closed.complete(script.close());
                over.get();
            } catch (ExecutionException never) {
                throw new IllegalStateException(never);
            } finally {
                script.meter.end();
            }
        }
    }

    private final Code code;
    private final Guests guests;
    private final Watchdog watchdog;
    private final Replies replies;
    private final Meter meter = new Meter();
    private final Lines lines;
    private final Source source;
    private final Thread thread;
    private final BlockingQueue<Task> queue = new LinkedBlockingQueue<>();
    private final Results results;
    private @Nullable Guest guest;
    /** Whether the context was called before; what it runs is still cold where it was not. */
    private boolean called;

    private volatile boolean stopped;
    /** What the thread had allocated when the context was made. */
    private volatile long allocatedBefore;
    /** Why the next call ends as a breach. */
    private volatile @Nullable String leak;

    Script(Code code, Guests guests, Watchdog watchdog, Replies replies) {
        this.code = code;
        this.guests = guests;
        this.watchdog = watchdog;
        this.replies = replies;
        lines = new Lines(code.limits().outputBytes(), meter);
        results = new Results(replies);
        source = guests.source(code);
        thread = new Thread(null, this::loop, "script-" + code.name(), STACK_BYTES);
        thread.setDaemon(true);
    }

    void start() {
        watchdog.add(this);
        thread.start();
    }

    void add(Call call) {
        queue.add(call);
    }

    long allocatedInContext() {
        return watchdog.allocatedBy(threadId()) - allocatedBefore;
    }

    /** Asks for its context to be closed. */
    Rest rest() {
        Rest rest = new Rest(this);
        if (Thread.currentThread() == thread) {
            rest.closed.complete(false);
        } else {
            queue.add(rest);
        }
        return rest;
    }

    /** What closing its context has freed; whether that is more than it may hold. */
    boolean gaveBack(long bytes) {
        if (bytes > limit()) {
            leak = "memoryBytes: over many calls it came to hold " + bytes + " bytes, more than " + limit();
            return true;
        }
        return false;
    }

    /** Bytes that it may hold. */
    long limit() {
        return code.limits().memoryBytes();
    }

    /** Why the next call ends as a breach; told once. */
    @Nullable
    String takeLeak() {
        String reason = leak;
        leak = null;
        return reason;
    }

    void stop() {
        stopped = true;
        meter.breach("it was unloaded");
        thread.interrupt();
    }

    Code code() {
        return code;
    }

    Meter meter() {
        return meter;
    }

    /** Sends the outcomes that there are. */
    void flush() {
        results.flush();
    }

    long threadId() {
        return thread.threadId();
    }

    private void loop() {
        try {
            Failure failure = load();
            if (failure != null) {
                replies.loaded(code.id(), 1, failure.line(), failure.column(), failure.message());
                return;
            }
            replies.loaded(code.id(), 0, 0, 0, "");
            while (!stopped) {
                switch (queue.take()) {
                    case Call call -> run(call);
                    case Rest rest -> rest.take();
                }
            }
        } catch (InterruptedException unloaded) {
            // Nothing is left to be answered: the daemon does not wait for a script that it took out.
        } finally {
            watchdog.remove(this);
            discard();
        }
    }

    private boolean close() {
        Guest old = guest;
        if (old == null || !called) {
            return false;
        }
        guest = null;
        old.kill();
        return true;
    }

    private @Nullable Failure load() {
        allocatedBefore = watchdog.allocatedByThisThread();
        beginUnlimited();
        Guest fresh;
        try {
            fresh = guests.open(code, lines);
        } catch (RuntimeException | Error e) {
            meter.end();
            return Failure.of(e, code);
        }
        meter.end();
        guest = fresh;
        called = false;
        begin(0, 0, code.limits().wallMillis() + LOAD_EXTRA_MILLIS, killer(fresh));
        Failure failure;
        try {
            String missing = fresh.evaluate(source);
            failure = missing == null ? null : new Failure(Wire.THREW, missing, List.of(), 0, 0, true);
            if (missing == null) {
                fresh.resetLimits();
                fresh.warm();
            }
        } catch (RuntimeException | Error e) {
            failure = Failure.of(fresh.cause(e), code);
        }
        String breach = meter.end();
        if (breach != null) {
            failure = Failure.breach(breach);
        }
        if (failure != null) {
            discard();
        }
        return failure;
    }

    private void run(Call call) {
        results.begin(call.number());
        if (code.batch()) {
            attempt(call, 0, call.inputs().length, guest -> guest.callBatch(call.inputs()));
        } else {
            for (int i = 0; i < call.inputs().length && !stopped; i++) {
                String input = call.inputs()[i];
                attempt(call, i, 1, guest -> new String[] {guest.call(input)});
            }
        }
        results.flush();
    }

    /** What is done in the guest; gives an output for each input. */
    private interface Work {
        String[] in(Guest guest);
    }

    /** How a call ended; there are outputs where it did not fail. */
    private record Ended(@Nullable Failure failure, String[] outputs) {
        boolean noRoom() {
            return failure != null && failure.noRoom();
        }
    }

    private void attempt(Call call, int index, int inputs, Work work) {
        long started = System.nanoTime();
        Ended ended = once(call, index, work);
        if (ended.noRoom() && otherFilledHeap()) {
            // It is run again, once.
            lines.take();
            ended = once(call, index, work);
            if (ended.noRoom()) {
                watchdog.close(this::close);
            }
        }
        long nanos = (System.nanoTime() - started) / inputs;
        Failure failure = ended.failure();
        List<String> log = lines.take();
        for (int i = 0; i < inputs; i++) {
            if (failure == null) {
                results.add(nanos, ended.outputs()[i], log);
            } else {
                results.add(nanos, failure, log);
            }
            // What a batch printed cannot be told apart and is told once.
            log = List.of();
        }
        if (failure != null && failure.fatal()) {
            discard();
        }
    }

    private Ended once(Call call, int index, Work work) {
        String held = takeLeak();
        Failure failure = held != null ? Failure.breach(held) : guest == null ? load() : null;
        if (failure != null) {
            return new Ended(failure, NOTHING);
        }
        Guest running = Objects.requireNonNull(guest);
        running.resetLimits();
        meter.begin(
                call.number(),
                index,
                code.limits().wallMillis(),
                called ? 0 : FIRST_EXTRA_MILLIS,
                now(),
                killer(running));
        called = true;
        watchdog.wake();
        String[] outputs = NOTHING;
        try {
            outputs = work.in(running);
        } catch (RuntimeException | Error e) {
            failure = Failure.of(running.cause(e), code);
        }
        String breach = meter.end();
        return new Ended(breach == null ? failure : Failure.breach(breach), outputs);
    }

    /**
     * Whether it was not this script that filled the heap, in this call or over many; then there is room again. Its context is closed
     * before anything is answered, so that there is room for the calls that follow, those of other scripts too.
     */
    private boolean otherFilledHeap() {
        boolean atOnce = watchdog.allocatedByThisThread() - meter.allocatedBefore() > limit();
        beginUnlimited();
        try {
            boolean own = watchdog.heldTooMuch(this, this::close) || atOnce;
            if (!own) {
                watchdog.makeRoom();
            }
            return !own;
        } finally {
            meter.end();
        }
    }

    /** What is not the script's own doing; the daemon hears meanwhile that the worker lives. */
    private void beginUnlimited() {
        begin(0, 0, OPEN_MILLIS, () -> {});
    }

    private void begin(long call, int input, long limitMillis, Runnable stop) {
        meter.begin(call, input, limitMillis, 0, now(), stop);
        watchdog.wake();
    }

    private Meter.Start now() {
        // What the thread's processor time says costs a call of the system, and only the first call of a context asks.
        return new Meter.Start(
                System.nanoTime(),
                called ? 0 : watchdog.cpuOfThisThread(),
                watchdog.allocatedByThisThread(),
                watchdog.held());
    }

    /** Closing waits for the guest to end, so it has a thread of its own. */
    private Runnable killer(Guest guest) {
        return () -> {
            Thread closer = new Thread(() -> watchdog.close(guest::kill), "closer");
            closer.setDaemon(true);
            closer.start();
        };
    }

    private void discard() {
        Guest old = guest;
        guest = null;
        if (old != null) {
            killer(old).run();
        }
    }
}
