package io.stratoswarm.core.pipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.flow.Poller;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LinuxPollerTest {
    private static final long LONG = 30_000;

    @TempDir
    Path folder;

    @Test
    void shouldGiveTheKeyWhileThereIsSomethingToRead() {
        try (LinuxPipes pipes = new LinuxPipes(folder);
                Pipe pipe = pipes.scratch();
                Poller poller = pipes.poller();
                Arena arena = Arena.ofConfined()) {
            poller.readable(pipe, -1);
            assertEquals(List.of(), ready(poller, 0));
            pipe.write(arena.allocate(10));
            assertEquals(List.of(-1L), ready(poller, LONG));
            assertEquals(List.of(-1L), ready(poller, 0), "a level, not an edge");
            pipe.discard(10);
            assertEquals(List.of(), ready(poller, 0));
        }
    }

    @Test
    void shouldWatchOnePipeForReadingAndWritingInTurn() {
        try (LinuxPipes pipes = new LinuxPipes(folder);
                Pipe pipe = pipes.kept("a");
                Poller poller = pipes.poller();
                Arena arena = Arena.ofConfined()) {
            pipe.write(arena.allocate(pipe.capacity()));
            poller.writable(pipe, 1);
            assertEquals(List.of(), ready(poller, 0));
            poller.readable(pipe, 2);
            assertEquals(List.of(2L), ready(poller, LONG));
            pipe.discard(8192);
            poller.writable(pipe, 3);
            assertEquals(List.of(3L), ready(poller, LONG));
            poller.forget(pipe);
            assertEquals(List.of(), ready(poller, 0));
            poller.forget(pipe);
        }
    }

    @Test
    void shouldHearOfSeveralPipes() {
        try (LinuxPipes pipes = new LinuxPipes(folder);
                Pipe first = pipes.scratch();
                Pipe second = pipes.scratch();
                Pipe third = pipes.scratch();
                Poller poller = pipes.poller();
                Arena arena = Arena.ofConfined()) {
            poller.readable(first, 1);
            poller.readable(second, 2);
            poller.writable(third, 3);
            second.write(arena.allocate(1));
            assertEquals(List.of(2L, 3L), ready(poller, LONG).stream().sorted().toList());
        }
    }

    @Test
    void shouldEndTheNextWaitWhenWokenBefore() {
        try (LinuxPipes pipes = new LinuxPipes(folder);
                Poller poller = pipes.poller()) {
            poller.wakeUp();
            assertEquals(List.of(), ready(poller, -1));
        }
    }

    @Test
    void shouldEndAWaitFromAnotherThread() throws Exception {
        try (LinuxPipes pipes = new LinuxPipes(folder)) {
            Poller poller = pipes.poller();
            Thread[] waiter = new Thread[1];
            var ended = new CompletableFuture<List<Long>>();
            waiter[0] = Thread.ofPlatform().start(() -> ended.complete(ready(poller, -1)));
            while (waiter[0].getState() != Thread.State.RUNNABLE) {
                Thread.onSpinWait();
            }
            poller.wakeUp();
            assertEquals(List.of(), ended.get(30, TimeUnit.SECONDS));
            waiter[0].join();
            poller.close();
            // Whoever is late to wake it up does no harm.
            poller.wakeUp();
            assertTrue(ended.isDone());
        }
    }

    private static List<Long> ready(Poller poller, long timeoutMillis) {
        List<Long> keys = new ArrayList<>();
        int count = poller.await(timeoutMillis, keys::add);
        assertEquals(keys.size(), count);
        return keys;
    }
}
