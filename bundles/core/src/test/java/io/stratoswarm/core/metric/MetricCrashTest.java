package io.stratoswarm.core.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.metric.MetricProofs;
import io.stratoswarm.api.metric.MetricQuery.Aggregate;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.core.testing.KilledMachine;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a writer with -9, again and again, on the same data; {@code -Dstratoswarm.metric.crash.rounds=100} for more. */
class MetricCrashTest {
    @TempDir
    Path folder;

    @Test
    void shouldLoseNoMoreThanWhatWasRecordedSinceTheLastStep() throws Exception {
        int rounds = Integer.getInteger("stratoswarm.metric.crash.rounds", 4);
        Random random = new Random(3);
        long begun = 0;
        Path data = folder.resolve("data");
        KilledMachine writers = new KilledMachine(
                MetricWriter.class, folder, folder.resolve("observed").toString(), "0");
        for (int round = 0; round < rounds; round++) {
            long durable = killedWriter(writers, data, begun, 3 + random.nextInt(40), random.nextInt(20));
            try (MetricRig rig = new MetricRig(data)) {
                rig.clock.advance(Duration.ofDays(1).minusHours(4));
                long first = begun;
                for (Points points : rig.query(
                        "a/*", "threads", MetricRig.START + first * 1000, Long.MAX_VALUE, 0, Aggregate.LAST)) {
                    double[] values = points.values();
                    assertTrue(
                            values.length >= durable - first,
                            "round " + round + ": " + values.length + " samples of " + (durable - first));
                    for (int i = 0; i < values.length; i++) {
                        assertEquals(first + i, values[i], "no gap and nothing twice");
                    }
                    begun = Math.max(begun, (long) values[values.length - 1] + 1);
                }
                rig.metrics.step();
                assertEquals(0, rig.metrics.engine().tables.damaged());
                assertTrue(
                        rig.metrics.verify(0, Long.MAX_VALUE).stream()
                                .allMatch(each -> each.state() != MetricProofs.State.PENDING),
                        "every root has its event");
            }
        }
    }

    /** The second that was durable when it was killed. */
    private static long killedWriter(KilledMachine writers, Path data, long begun, int steps, long millis)
            throws Exception {
        Process writer = writers.start(data.toString(), Long.toString(begun));
        long durable = begun;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
            int seen = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.matches("[0-9]+")) {
                    durable = Long.parseLong(line);
                    if (++seen == steps) {
                        Thread.sleep(millis);
                        writer.toHandle().destroyForcibly();
                    }
                }
            }
            assertTrue(seen >= steps, "the writer ended by itself after " + seen + " steps");
        } finally {
            writer.toHandle().destroyForcibly();
            writer.waitFor();
        }
        return durable;
    }
}
