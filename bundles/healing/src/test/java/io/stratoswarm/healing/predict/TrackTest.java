package io.stratoswarm.healing.predict;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TrackTest {
    private final Track track = new Track();
    private final Services service = new Services(new SplittableRandom(1));

    private double last(String series) {
        float[] window = track.window();
        return window[window.length - Track.SERIES.size() + Track.SERIES.indexOf(series)];
    }

    private static void between(double least, double most, double value) {
        assertTrue(value >= least && value <= most, value + " is not from " + least + " to " + most);
    }

    @Test
    void shouldMeasureSharesOfLimitsAndHowFastTheyFill() {
        service.steps(track, 20);
        for (int i = 0; i < 20; i++) {
            service.step(track, 5e6, 0);
        }

        between(0.63, 0.68, last("memory.share"));
        between(0.02, 0.05, last("descriptors.share"));
        assertEquals(0, last("tasks.share"));
        // At 2.5 % a step the third that is left is used up 4.3 times within sixty steps.
        between(0.45, 0.6, last("memory.filling.lately"));
        between(-0.1, 0.1, last("descriptors.filling"));
        between(0.4, 0.6, last("memory.growth"));
    }

    @Test
    void shouldTellARiseThatSlowsDown() {
        service.steps(track, 10);
        double grows = 16e6;
        for (int i = 0; i < 10; i++) {
            service.step(track, grows, 0);
            grows *= 0.75;
        }

        between(0.4, 0.75, last("memory.slowing"));
    }

    @Test
    void shouldBeTheSameWhateverTheLengthOfAStepIs() {
        Track slow = new Track();
        Track fast = new Track();
        SplittableRandom random = new SplittableRandom(3);
        Map<String, Double> one = new HashMap<>();
        Map<String, Double> other = new HashMap<>();
        for (int i = 0; i < 40; i++) {
            double cpu = 100 + 10 * random.nextDouble();
            one.merge("cpu_seconds_total", cpu, Double::sum);
            other.merge("cpu_seconds_total", cpu / 20, Double::sum);
            double memory = 5e7 + 3e6 * i;
            one.put("memory_resident_bytes", memory);
            other.put("memory_resident_bytes", memory);
            slow.step(one, Map.of("cpu_seconds_total", 600.0 * i), Services.LIMITS);
            fast.step(other, Map.of("cpu_seconds_total", 30.0 * i), Services.LIMITS);
        }

        float[] left = slow.window();
        float[] right = fast.window();
        for (int i = 0; i < left.length; i++) {
            assertEquals(left[i], right[i], 0.01f, Track.SERIES.get(i % Track.SERIES.size()));
        }
    }

    @Test
    void shouldPrecedeAShortCourseByItsFirstRow() {
        service.steps(track, 5);

        float[] window = track.window();

        assertEquals(5, track.size());
        assertEquals(Track.STEPS * Track.SERIES.size(), window.length);
        for (int s = 0; s < Track.SERIES.size(); s++) {
            assertEquals(window[55 * Track.SERIES.size() + s], window[s]);
        }
    }

    @Test
    void shouldForgetWhatIsOlderThanItsSteps() {
        Track other = new Track();
        service.steps(track, 30);
        Services same = new Services(new SplittableRandom(9));
        for (int i = 0; i < Track.STEPS + 5; i++) {
            same.step(other, 1e5, 0);
        }
        same.steps(other, Track.STEPS);

        assertEquals(Track.STEPS, other.size());
        between(-0.05, 0.05, other.window()[Track.SERIES.indexOf("memory.growth")]);
    }

    @Test
    void shouldKnowWhatItsWindowWasSomeStepsAgo() {
        for (int i = 0; i < 2 * Track.STEPS; i++) {
            service.step(track, 1e6, 0);
            if (i == Track.STEPS / 2 || i == 2 * Track.STEPS - 3) {
                float[] then = track.window();
                service.step(track, 1e6, 0);
                service.step(track, 1e6, 0);
                assertArrayEquals(then, track.window(2));
            }
        }
        assertThrows(IllegalStateException.class, () -> track.window(Track.CONFIRMED));
    }

    @Test
    void shouldBeginANewCourseWhereTheProcessBeganAgain() {
        for (int i = 0; i < 30; i++) {
            service.step(track, 4e6, 2);
        }
        service.beginAgain();
        service.steps(track, 3);

        assertEquals(3, track.size());
        assertFalse(track.isTold());
        between(0.1, 0.2, last("memory.share"));
        between(-0.3, 0.3, last("cpu.growth"));
    }

    @Test
    void shouldSeeARestartByWhatIsCountedWhereTheUptimeIsOld() {
        service.steps(track, 10);
        service.beginAgain();
        service.own().put("uptime_seconds", 300.0);
        service.steps(track, 2);

        assertEquals(2, track.size());
    }

    @Test
    void shouldNotTakeOneCounterThatFellForARestart() {
        service.steps(track, 10);
        service.own().put("io_read_bytes_total", 0.0);
        service.steps(track, 2);

        assertEquals(12, track.size());
    }

    @Test
    void shouldLiveWithWhatIsNotKnown() {
        for (int i = 0; i < 6; i++) {
            track.step(Map.of(), Map.of(), Map.of());
        }
        assertTrue(Double.isNaN(last("memory.share")));

        track.step(Map.of("memory_resident_bytes", 1e8), Map.of(), Services.LIMITS);
        track.step(Map.of("memory_resident_bytes", Double.NaN), Map.of(), Services.LIMITS);

        assertEquals(0.5, last("memory.share"));
    }

    @Test
    void shouldHaveNoWindowWithoutAStep() {
        assertThrows(IllegalStateException.class, track::window);
    }

    private void descriptors(double... counts) {
        for (double count : counts) {
            track.step(Map.of("open_fds", count, "threads", 3.0), Map.of(), Map.of("open_fds", 256.0));
        }
    }

    @Test
    void shouldTellWhenALimitIsReached() {
        assertTrue(track.left(Cause.DESCRIPTOR_LEAK).isEmpty(), "nothing is known");
        descriptors(10, 20, 30, 40, 50, 60, 70, 80, 90, 100);
        between(14, 15, track.left(Cause.DESCRIPTOR_LEAK).orElseThrow());
        assertTrue(track.left(Cause.PROCESS_LEAK).isEmpty(), "it has no limit of those");
        assertTrue(track.left(Cause.SLOWING_DOWN).isEmpty());
        descriptors(110, 130, 160, 200);
        between(1, 4, track.left(Cause.DESCRIPTOR_LEAK).orElseThrow());
    }

    @Test
    void shouldTellThatARiseHasLevelledOff() {
        descriptors(10, 10, 10, 10, 10, 10, 40, 70, 100, 130);
        between(4, 5, track.left(Cause.DESCRIPTOR_LEAK).orElseThrow());
        descriptors(140);
        between(5, 6, track.left(Cause.DESCRIPTOR_LEAK).orElseThrow());
        descriptors(140);
        assertEquals(Double.POSITIVE_INFINITY, track.left(Cause.DESCRIPTOR_LEAK).orElseThrow());
    }

    @Test
    void shouldNotTakeATimeBetweenTeethForALevel() {
        // Each tooth of forty leaves ten behind.
        for (int base = 110; base <= 190; base += 10) {
            descriptors(base, base + 10, base + 20, base + 30, base + 40);
        }
        between(1, 4, track.left(Cause.DESCRIPTOR_LEAK).orElseThrow());
    }
}
