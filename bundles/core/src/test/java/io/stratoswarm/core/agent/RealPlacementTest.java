package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stratoswarm.api.place.Place;
import io.stratoswarm.core.manifest.ManifestParser;
import io.stratoswarm.core.place.SysPlaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A placement takes effect: the kernel says where a process may run. */
@Timeout(90)
class RealPlacementTest {
    @TempDir
    Path folder;

    private static String allowed(long pid) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldKeepProcessesOnTheProcessorsOfTheirPlace() throws Exception {
        List<Place> cpus = SysPlaces.real().places().places().stream()
                .filter(place -> place.id().startsWith("cpu"))
                .toList();
        Place last = cpus.getLast();
        RealDaemon daemon = new RealDaemon(folder.resolve("data"));
        try {
            var manifest = ManifestParser.parse("g.json", """
                    {"name": "g", "nodes": [
                      {"id": "pinned", "command": ["/bin/sleep", "1000"]},
                      {"id": "free", "command": ["/bin/sleep", "1000"]}],
                     "constraints": [{"kind": "pin", "nodes": ["pinned"], "place": "%s"}]}""".formatted(last.id()))
                    .manifest()
                    .orElseThrow();
            daemon.apply(manifest);
            RealDaemon.until("both run", () -> daemon.pids().size() == 2);
            assertEquals(String.valueOf(last.cpus().getFirst()), allowed(daemon.pid("g/pinned")));
            assertEquals(allowed(ProcessHandle.current().pid()), allowed(daemon.pid("g/free")));
        } finally {
            daemon.end();
        }
    }
}
