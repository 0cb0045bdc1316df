package io.stratoswarm.core.pipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.Pipe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxPipesTest {
    @TempDir
    Path folder;

    private final Arena arena = Arena.ofConfined();
    private LinuxPipes pipes;

    @BeforeEach
    void open() {
        pipes = new LinuxPipes(folder);
    }

    @AfterEach
    void close() {
        pipes.close();
        arena.close();
    }

    @Test
    void shouldGiveBackWhatWasWritten() {
        try (Pipe pipe = pipes.scratch()) {
            assertEquals(0, pipe.read(arena.allocate(10)));
            assertEquals(5, pipe.write(bytes("hello")));
            assertEquals(5, pipe.waiting());
            assertEquals("hel", text(pipe, 3));
            assertEquals(2, pipe.waiting());
            assertEquals("lo", text(pipe, 100));
            assertEquals(0, pipe.waiting());
        }
    }

    @Test
    void shouldTakeAsMuchAsThereIsRoomFor() {
        try (Pipe pipe = pipes.scratch()) {
            long capacity = pipe.capacity();
            assertTrue(capacity >= 64 << 10, "capacity " + capacity);
            MemorySegment large = arena.allocate(capacity + 10_000);
            assertEquals(capacity, pipe.write(large));
            assertEquals(0, pipe.write(large));
            assertEquals(capacity, pipe.waiting());
            pipe.discard(4096);
            assertEquals(4096, pipe.write(large));
        }
    }

    @Test
    void shouldWriteUpToFourKibibytesWholeOrNotAtAll() {
        try (Pipe pipe = pipes.scratch()) {
            long capacity = pipe.capacity();
            assertEquals(capacity - 100, pipe.write(arena.allocate(capacity - 100)));
            assertEquals(0, pipe.write(arena.allocate(101)));
            assertEquals(0, pipe.write(arena.allocate(4096)));
            assertEquals(100, pipe.write(arena.allocate(100)));
            assertEquals(capacity, pipe.waiting());
        }
    }

    @Test
    void shouldMoveBytesBetweenPipes() {
        try (Pipe from = pipes.scratch();
                Pipe to = pipes.kept("flow/1")) {
            from.write(bytes("0123456789"));
            assertEquals(4, from.moveTo(to, 4));
            assertEquals(6, from.waiting());
            assertEquals(6, from.moveTo(to, 1000));
            assertEquals(0, from.moveTo(to, 1000));
            assertEquals("0123456789", text(to, 100));
        }
    }

    @Test
    void shouldCopyFromTheFrontAndLeaveAllThere() {
        try (Pipe from = pipes.scratch();
                Pipe copy = pipes.scratch()) {
            from.write(bytes("0123456789"));
            assertEquals(4, from.copyTo(copy, 4));
            assertEquals(4, from.copyTo(copy, 4));
            assertEquals("01230123", text(copy, 100));
            assertEquals("0123456789", text(from, 100));
            assertEquals(0, from.copyTo(copy, 4));
        }
    }

    @Test
    void shouldMoveNothingIntoAFullPipe() {
        try (Pipe from = pipes.scratch();
                Pipe full = pipes.scratch()) {
            full.write(arena.allocate(full.capacity()));
            from.write(bytes("abc"));
            assertEquals(0, from.moveTo(full, 3));
            assertEquals(0, from.copyTo(full, 3));
            assertEquals("abc", text(from, 100));
        }
    }

    /** The limit that the interface speaks of; if the kernel changes it, what is written there is wrong. */
    @Test
    void shouldTakeOnePieceForEachMove() {
        try (Pipe from = pipes.scratch();
                Pipe to = pipes.scratch()) {
            long pieces = to.capacity() / 4096;
            for (long i = 0; i < pieces; i++) {
                from.write(bytes("x"));
                assertEquals(1, from.moveTo(to, 1));
            }
            from.write(bytes("x"));
            assertEquals(0, from.moveTo(to, 1));
            assertEquals(pieces, to.waiting());
        }
    }

    @Test
    void shouldDiscardWithoutReading() {
        try (Pipe pipe = pipes.scratch()) {
            pipe.write(arena.allocate(30_000));
            assertEquals(10_001, pipe.discard(10_001));
            assertEquals(19_999, pipe.waiting());
            assertEquals(19_999, pipe.discard(Long.MAX_VALUE));
            assertEquals(0, pipe.discard(1));
        }
    }

    @Test
    void shouldKeepWhatIsInAKeptPipe() {
        try (Pipe pipe = pipes.kept("a/b")) {
            pipe.write(bytes("left"));
        }
        // Another daemon on the same folder, before the first lets go: what the holder does for it later.
        LinuxPipes next = new LinuxPipes(folder);
        pipes.close();
        pipes = next;
        try (Pipe pipe = pipes.kept("a/b")) {
            assertEquals("left", text(pipe, 100));
        }
    }

    @Test
    void shouldRemoveKeptPipesByThePrefix() throws Exception {
        for (String name : new String[] {"flow/1/x", "flow/1/y", "flow/2/x"}) {
            try (Pipe pipe = pipes.kept(name)) {
                pipe.write(bytes("left"));
            }
        }
        pipes.removeKept("flow/1/");
        try (Pipe anew = pipes.kept("flow/1/x");
                Pipe other = pipes.kept("flow/2/x")) {
            assertEquals(0, anew.waiting());
            assertEquals(4, other.waiting());
        }
        pipes.removeKept("");
        try (var files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void shouldRefuseNamesThatLeaveTheFolder() {
        for (String name :
                new String[] {"", "/a", "a/", "a//b", "../a", "a/../b", ".a", "a b", "a+b", "ä", "a".repeat(201)}) {
            assertThrows(IllegalArgumentException.class, () -> pipes.kept(name), name);
        }
    }

    @Test
    void shouldFindAChannelOnceItIsMade() {
        var none = assertThrows(StratoswarmException.class, () -> pipes.open("shop/a.0", "stdin", OptionalLong.of(3)));
        assertEquals(StratoswarmException.Kind.NOT_FOUND, none.kind());
        pipes.makeChannel("shop/a.0", "stdin", OptionalLong.of(3));
        try (Pipe pipe = pipes.open("shop/a.0", "stdin", OptionalLong.of(3))) {
            pipe.write(bytes("for it"));
        }
        try (Pipe pipe = pipes.open("shop/a.0", "stdin", OptionalLong.of(3))) {
            assertEquals("for it", text(pipe, 100));
        }
        assertThrows(StratoswarmException.class, () -> pipes.open("shop/a.0", "stdin", OptionalLong.empty()));
    }

    @Test
    void shouldTouchNothingAfterClose() {
        Pipe pipe = pipes.scratch();
        pipe.close();
        pipe.close();
        assertThrows(StratoswarmException.class, () -> pipe.write(bytes("x")));
        assertThrows(StratoswarmException.class, pipe::waiting);
    }

    @Test
    void shouldRefuseMemoryOnTheHeap() {
        try (Pipe pipe = pipes.scratch()) {
            assertThrows(IllegalArgumentException.class, () -> pipe.write(MemorySegment.ofArray(new byte[3])));
            assertThrows(IllegalArgumentException.class, () -> pipe.read(MemorySegment.ofArray(new byte[3])));
            assertFalse(pipe.waiting() > 0);
        }
    }

    private MemorySegment bytes(String text) {
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, text.getBytes(StandardCharsets.UTF_8));
    }

    private String text(Pipe pipe, long most) {
        MemorySegment into = arena.allocate(most);
        return new String(into.asSlice(0, pipe.read(into)).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }
}
