package io.stratoswarm.core.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewcomersTest {
    @TempDir
    Path proc;

    private void newest(long number) throws IOException {
        Files.writeString(proc.resolve("loadavg"), "0.10 0.20 0.30 2/345 " + number + "\n");
    }

    private void process(int number, String cgroup) throws IOException {
        Files.createDirectories(proc.resolve("" + number));
        Files.writeString(proc.resolve(number + "/cgroup"), cgroup);
    }

    @Test
    void shouldFindTheGroupsOfTheNumbersThatWereGivenOut() throws IOException {
        process(5_000, "0::/swarm/known\n");
        process(5_002, "4:memory:/swarm/limited\n0::/swarm/shop%2Fapi.0\n");
        try (Reader reader = new Reader(new Descriptors(100, () -> 0));
                Newcomers newcomers = new Newcomers(new Host(proc, proc, 4_096, false))) {
            newest(5_000);
            assertNull(newcomers.groups(reader), "all may be new at first");
            assertEquals(Set.of(), newcomers.groups(reader));
            newest(5_003);
            assertEquals(Set.of("limited", "shop%2Fapi.0"), newcomers.groups(reader));
            newest(5_003 + 257);
            assertNull(newcomers.groups(reader), "there are too many");
            newest(301);
            assertNull(newcomers.groups(reader), "the numbers began anew");
            newest(302);
            assertEquals(Set.of(), newcomers.groups(reader));
        }
    }

    @Test
    void shouldNotBeSureWhereTheKernelDoesNotTell() {
        try (Reader reader = new Reader(new Descriptors(100, () -> 0));
                Newcomers newcomers = new Newcomers(new Host(proc, proc, 4_096, false))) {
            assertNull(newcomers.groups(reader));
            assertNull(newcomers.groups(reader));
        }
    }
}
