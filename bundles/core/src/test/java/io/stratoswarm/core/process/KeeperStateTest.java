package io.stratoswarm.core.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeeperStateTest {
    @TempDir
    Path temporary;

    private KeeperState read(String text) throws IOException {
        return KeeperState.read(Files.writeString(temporary.resolve("state"), text));
    }

    @Test
    void shouldBeEmptyWithoutAFile() throws IOException {
        KeeperState state = KeeperState.read(temporary.resolve("none"));
        assertEquals(0, state.begun());
        assertTrue(state.run().isEmpty() && state.end().isEmpty());
    }

    @Test
    void shouldIgnoreAnUnfinishedLastLine() throws IOException {
        KeeperState state = read("keeper 5 100\nbegin 1\nrun 1 77\nticks 1 4242\nexit 1 13");
        assertEquals(Optional.of(new KeeperState.Run(1, 77, 4242)), state.run());
        assertTrue(state.end().isEmpty());
        assertFalse(state.orphan());
    }

    @Test
    void shouldTellCodeFromSignalAndForgetWhatWasBefore() throws IOException {
        KeeperState state = read("begin 1\nrun 1 77\nexit 1 137 code\nbegin 2\nrun 2 78\nexit 2 137 signal\n");
        assertEquals(2, state.begun());
        assertEquals(new ExitStatus(-1, 9), state.end().orElseThrow().status());
        assertTrue(read("begin 1\nrun 1 77\nexit 1 0 code\nbegin 2\n").end().isEmpty());
        assertEquals(
                ExitStatus.UNKNOWN,
                read("begin 9\nexit 9 -1 unknown\n").end().orElseThrow().status());
    }

    @Test
    void shouldNameTheStepThatFailed() throws IOException {
        KeeperState.End end = read("begin 1\nrun 1 7\nfail 1 2 enter the folder /a b\nexit 1 2 code\n")
                .end()
                .orElseThrow();
        assertEquals(Optional.of(new KeeperState.Failure(2, "enter the folder /a b")), end.failure());
        end = read("begin 1\nrun 1 7\nswitch 1\nexit 1 1 code\n").end().orElseThrow();
        assertEquals("become the user", end.failure().orElseThrow().step());
        assertTrue(read("begin 1\nrun 1 7\nswitch 1\nuser 1\nexit 1 1 code\n")
                .end()
                .orElseThrow()
                .failure()
                .isEmpty());
    }

    @Test
    void shouldKnowAnOrphanByTheKeeperThatCameLater() throws IOException {
        assertTrue(read("keeper 5 1\nbegin 1\nrun 1 7\nkeeper 6 2\n").orphan());
        assertFalse(read("keeper 5 1\nbegin 1\nrun 1 7\nexit 1 0 code\nkeeper 6 2\nbegin 2\nrun 2 8\n")
                .orphan());
    }
}
