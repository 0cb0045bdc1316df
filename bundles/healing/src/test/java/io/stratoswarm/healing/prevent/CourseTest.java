package io.stratoswarm.healing.prevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Series;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CourseTest {
    private final Course course = new Course("g/a", 1, 0);
    private double work;
    private double bytes;

    private boolean quietAfter(double worked, double moved) {
        work += worked;
        bytes += moved;
        course.step(
                (track, own, host, limits) -> {},
                Map.of(
                        "cpu_seconds_total",
                        work,
                        "io_read_bytes_total",
                        bytes / 2,
                        "io_written_bytes_total",
                        bytes / 2),
                Map.of(),
                Map.of());
        return course.quiet();
    }

    @Test
    void shouldKnowAQuietMomentByItsOwnLastMinutes() {
        for (int i = 0; i < 5; i++) {
            assertFalse(quietAfter(1, 100), "too little is known yet");
        }
        quietAfter(1, 100);
        assertFalse(quietAfter(5, 100), "it works more than it mostly does");
        assertTrue(quietAfter(0.2, 10));
        assertFalse(quietAfter(0.2, 5_000), "it works little and moves much");
        for (int i = 0; i < 25; i++) {
            quietAfter(3, 300);
        }
        assertTrue(quietAfter(2.9, 299), "what was long ago does not count");
    }

    @Test
    void shouldTakeTheCourseBeforeADaemonBeganFromTheRecordedMetrics() {
        TwinMetrics metrics = new TwinMetrics();
        metrics.past.add(new Points(
                Series.of("g/a", "cpu_seconds_total", Map.of("mode", "user")),
                new long[] {1_000, 2_000},
                new double[] {1, 2}));
        metrics.past.add(new Points(
                Series.of("g/a", "cpu_seconds_total", Map.of("mode", "system")),
                new long[] {1_000, 2_000},
                new double[] {0.5, Double.NaN}));
        metrics.past.add(
                new Points(Series.of(Series.HOST, "load1"), new long[] {0, 1_000, 2_000}, new double[] {7, 8, 9}));
        List<Readings> past = Readings.past(metrics, "g/a", 0, 3_000, 1_000);
        assertEquals(2, past.size(), "of the host alone nothing can be told");
        assertEquals(1.5, past.getFirst().of("g/a").getOrDefault("cpu_seconds_total", 0.0), 1e-9);
        assertEquals(2, past.getLast().of("g/a").getOrDefault("cpu_seconds_total", 0.0), 1e-9);
        assertEquals(9, past.getLast().of(Series.HOST).getOrDefault("load1", 0.0), 1e-9);
    }
}
