package io.stratoswarm.core.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.metric.PinnedWindow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WindowTest {
    @TempDir
    Path folder;

    private static Event append(MetricRig rig, String type, String agent, String payload, Cause... causes) {
        long sequence = rig.journal
                .append(Append.of(
                        EventDraft.json(type, "core.agent", "agent/" + agent, "system", List.of(causes), payload)))
                .join()
                .firstSequence();
        return rig.journal.get(sequence).orElseThrow();
    }

    private static Event exit(MetricRig rig, String agent, int code, Cause... causes) {
        return append(rig, "AgentExited", agent, "{\"code\":" + code + ",\"signal\":0}", causes);
    }

    private static WindowPinner pinner(MetricRig rig) {
        return new WindowPinner(rig.journal, rig.blobs, rig.metrics.engine(), rig.metrics.pins(), Optional::empty);
    }

    private static List<Event> windows(MetricRig rig) {
        return rig.journal.read(EventQuery.all().type(Pins.TYPE).limit(1_000));
    }

    private static void hour(MetricRig rig) {
        rig.run(Duration.ofMinutes(60), second -> {
            rig.put("shop/web.0", "threads", second % 9);
            rig.put("shop/web.1", "threads", second % 5);
            rig.put("shop/db", "memory_resident_bytes", second * 4096);
            rig.put("other/job", "threads", 1);
            rig.put("host", "threads", 500);
        });
    }

    @Test
    void shouldKeepTheHalfHourBeforeAFailure() throws Exception {
        try (MetricRig rig = new MetricRig(folder)) {
            hour(rig);
            Event exit = exit(rig, "shop/web.0", 1);
            pinner(rig).on(exit);
            PinnedWindow window = rig.metrics.windows(10).getFirst();
            assertEquals(exit.sequence(), window.sequence());
            assertEquals("shop/web.0", window.subject());
            assertEquals(List.of(exit.asCause()), windows(rig).getFirst().causes());
            JsonNode json =
                    Json.MAPPER.readTree(rig.metrics.window(exit.sequence()).orElseThrow());
            assertEquals(
                    List.of("shop/web.0", "shop/db", "shop/web.1", "host"),
                    json.path("subjects").findValuesAsText("subject"));
            assertEquals("shop/web.1", json.path("neighbours").get(0).asText());
            assertEquals(
                    "the service of agents was not there",
                    json.path("logMissing").asText());
            JsonNode own = json.path("subjects").get(0);
            assertEquals(1_800, own.path("times").get(0).size(), 1);
            JsonNode values = own.path("series").get(0).path("values");
            long first = own.path("times").get(0).get(0).asLong();
            assertEquals((first - MetricRig.START) / 1000 % 9, values.get(0).asLong());
            byte[] blob = rig.blobs.get(window.hash()).orElseThrow();
            assertTrue(blob.length < 8_000, blob.length + " bytes for 7,200 samples");
        }
    }

    @Test
    void shouldKeepOneWindowForACrashLoopAndLetLaterFailuresReferToIt() {
        try (MetricRig rig = new MetricRig(folder)) {
            hour(rig);
            WindowPinner pinner = pinner(rig);
            Event last = exit(rig, "shop/web.0", 1);
            for (int i = 0; i < 200; i++) {
                last = exit(rig, "shop/web.0", 1);
                pinner.on(last);
                rig.clock.advance(Duration.ofSeconds(3));
            }
            assertEquals(1, windows(rig).size());
            assertTrue(rig.metrics.window(last.sequence()).isPresent());
            Event other = exit(rig, "other/job", 1);
            assertFalse(rig.metrics.window(other.sequence()).isPresent());
            rig.clock.advance(Duration.ofMinutes(31));
            pinner.on(exit(rig, "shop/web.0", 1));
            assertEquals(2, windows(rig).size());
        }
    }

    @Test
    void shouldBoundWindowsWhenEverythingFails() {
        try (MetricRig rig = new MetricRig(folder)) {
            hour(rig);
            WindowPinner pinner = pinner(rig);
            for (int graph = 0; graph < 30; graph++) {
                for (int agent = 0; agent < 10; agent++) {
                    pinner.on(exit(rig, "g" + graph + "/a." + agent, 1));
                }
            }
            assertEquals(12, windows(rig).size());
            rig.clock.advance(Duration.ofMinutes(61));
            pinner(rig).on(exit(rig, "late/a", 1));
            assertEquals(13, windows(rig).size(), "a new instance knows what the journal tells");
        }
    }

    @Test
    void shouldKeepAWindowOnceThoughItsEventComesAgain() {
        try (MetricRig rig = new MetricRig(folder)) {
            hour(rig);
            Event exit = exit(rig, "shop/web.0", 1);
            pinner(rig).on(exit);
            pinner(rig).on(exit);
            assertEquals(1, windows(rig).size());
        }
    }

    @Test
    void shouldTellFailuresFromWhatWasWanted() {
        try (MetricRig rig = new MetricRig(folder)) {
            Event started = append(rig, "AgentStarted", "a/b", "{}");
            Event stop = append(rig, "AgentStopRequested", "a/b", "{}", started.asCause());
            assertFalse(Failures.concerns(exit(rig, "a/b", 143, stop.asCause()), rig.journal));
            assertFalse(Failures.concerns(exit(rig, "a/b", 0, started.asCause()), rig.journal));
            assertTrue(Failures.concerns(exit(rig, "a/b", 1, started.asCause()), rig.journal));
            assertTrue(Failures.concerns(append(rig, "AgentQuarantined", "a/b", "{}"), rig.journal));
            assertFalse(Failures.concerns(append(rig, "AgentHealthy", "a/b", "{}"), rig.journal));
            Event decided = append(rig, "DecisionRecorded", "x", "{\"agent\":\"a/b\"}");
            assertTrue(Failures.concerns(decided, rig.journal));
            assertEquals("a/b", Failures.agent(decided));
        }
    }

    @Test
    void shouldPassOverWhatIsOlderThanItsSamples() {
        try (MetricRig rig = new MetricRig(folder)) {
            Event old = exit(rig, "a/b", 1);
            rig.clock.advance(Duration.ofHours(2));
            pinner(rig).on(old);
            assertEquals(0, windows(rig).size());
        }
    }

    @Test
    void shouldAnswerNothingForAnUnknownEvent() {
        try (MetricRig rig = new MetricRig(folder)) {
            assertEquals(Optional.empty(), rig.metrics.window(12_345L));
            assertEquals(List.of(), rig.metrics.windows(5));
        }
    }
}
