package io.stratoswarm.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Scripts in both languages, in the workers of the distribution. */
@Timeout(180)
@ExtendWith(DaemonExtension.class)
class ScriptsIT {
    private static final String SCRIPTS = "io.stratoswarm.api.script.Scripts";

    private static List<?> list(Daemon daemon) {
        return (List<?>) Daemon.call(daemon.service(SCRIPTS), "list");
    }

    private static String text(Object status, String component) {
        return String.valueOf(Daemon.call(status, component));
    }

    private static Optional<Object> named(Daemon daemon, String name) {
        return list(daemon).stream()
                .filter(status -> text(status, "name").equals(name))
                .map(status -> (Object) status)
                .findFirst();
    }

    private static void write(Daemon daemon, String name, String source) throws IOException {
        Path folder = daemon.dataFolder().resolve("scripts");
        Path aside = Files.writeString(folder.resolve("." + name), source);
        Files.move(aside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Those that share a worker are next to each other, so that none is started twice; on a busy machine each takes half a minute. */
    private static List<?> byWorker(Daemon daemon) {
        return list(daemon).stream()
                .sorted(Comparator.comparing(status -> ((Optional<?>) Daemon.call(status, "header"))
                        .map(header -> text(header, "language") + " " + text(header, "kind"))
                        .orElse("")))
                .toList();
    }

    @Test
    @Timeout(400)
    void shouldPassTheExamplesOfEveryShippedScript(Daemon daemon) throws Exception {
        Object scripts = daemon.service(SCRIPTS);
        List<String> tested = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (Object status : byWorker(daemon)) {
            if (!text(status, "shipped").equals("true")) {
                continue;
            }
            String name = text(status, "name");
            assertEquals("", text(status, "problem"));
            assertEquals("disabled", text(status, "state"), name + " must not act unasked");
            List<?> results =
                    (List<?>) ((CompletableFuture<?>) Daemon.call(scripts, "test", name)).get(120, TimeUnit.SECONDS);
            assertTrue(results.size() >= 2, name + " has " + results.size() + " examples");
            for (Object result : results) {
                if (!text(result, "passed").equals("true")) {
                    failed.add(name + ": " + result);
                }
            }
            tested.add(name);
        }
        tested.sort(Comparator.naturalOrder());
        assertEquals(List.of(), failed);
        assertEquals(
                List.of(
                        "aggregate",
                        "backoff-dependency",
                        "crash-loop",
                        "guard-last-replica",
                        "leak-capture-first",
                        "log-errors",
                        "merge-on-idle",
                        "parse-log",
                        "parse-sample",
                        "reroute-sick",
                        "restart-ill",
                        "restart-storm",
                        "retry-quarantined",
                        "sample-on-overload",
                        "score",
                        "split-on-lag"),
                tested);
    }

    @Test
    void shouldTakeAnEditAndKeepTheLastGoodVersion(Daemon daemon) throws Exception {
        String source = """
                /* stratoswarm {"kind": "reaction", "every": "1h", "examples": [{"input": {}, "output": {"actions": []}}]} */
                function react(input) { return {actions: []}; }
                """;
        write(daemon, "edited.js", source);
        Await.until("it runs", 60_000, () -> state(daemon, "edited").equals("running"));
        String first = text(named(daemon, "edited").orElseThrow(), "hash");

        write(daemon, "edited.js", source + "// changed\n");
        Await.until(
                "the edit runs",
                10_000,
                () -> !text(named(daemon, "edited").orElseThrow(), "hash").equals(first));
        String second = text(named(daemon, "edited").orElseThrow(), "hash");

        write(daemon, "edited.js", source + "const broken = );\n");
        Await.until(
                "the fault is told",
                10_000,
                () -> !text(named(daemon, "edited").orElseThrow(), "problem").isEmpty());
        Object status = named(daemon, "edited").orElseThrow();
        assertEquals(second, text(status, "hash"));
        assertEquals("running", text(status, "state"));
        assertTrue(text(status, "problem").startsWith("edited.js:3:"), text(status, "problem"));
        Await.until(
                "the event is written",
                10_000,
                () -> daemon.events("ScriptRefused").stream().anyMatch(it -> it.contains("edited.js:3:")));

        Files.delete(daemon.dataFolder().resolve("scripts/edited.js"));
        Await.until("it is gone", 10_000, () -> named(daemon, "edited").isEmpty());
    }

    private static String state(Daemon daemon, String name) {
        return named(daemon, name).map(status -> text(status, "state")).orElse("absent");
    }
}
