package io.stratoswarm.healing.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.healing.anomaly.Detectors.Series;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DetectorsTest {

    @Test
    void shouldScoreEachSeriesAsIfAlone() {
        Random random = new Random(1);
        Detectors detectors = new Detectors(100);
        AnomalyDetector alone = new AnomalyDetector();
        for (int row = 0; row < 1_000; row++) {
            double value = random.nextGaussian() + (row == 700 ? 20 : 0);
            detectors.score(new Series("b", "cpu"), row * 1_000L, random.nextGaussian());
            detectors.score(new Series("a", "memory"), row * 1_000L, random.nextGaussian());
            double score = detectors.score(new Series("a", "cpu"), row * 1_000L, value);
            assertEquals(alone.score(row * 1_000L, value), score, "seed 1, row " + row);
        }
        assertEquals(3, detectors.size());
        assertEquals(0, detectors.dropped());
    }

    @Test
    void shouldDropAndCountWhatWasNotUsedTheLongest() {
        Detectors detectors = new Detectors(2);
        detectors.score(new Series("a", "cpu"), 0, 1);
        detectors.score(new Series("b", "cpu"), 0, 1);
        detectors.score(new Series("a", "cpu"), 1_000, 1);
        detectors.score(new Series("c", "cpu"), 1_000, 1);
        assertEquals(2, detectors.size());
        assertEquals(1, detectors.dropped());
        assertTrue(detectors.find(new Series("a", "cpu")).isPresent());
        assertFalse(detectors.find(new Series("b", "cpu")).isPresent());
    }

    @Test
    void shouldForgetAgentThatIsGone() {
        Detectors detectors = new Detectors(10);
        detectors.score(new Series("a", "cpu"), 0, 1);
        detectors.score(new Series("a", "memory"), 0, 1);
        detectors.score(new Series("b", "cpu"), 0, 1);
        detectors.forget("a");
        assertEquals(1, detectors.size());
        assertEquals(0, detectors.dropped());
    }

    @Test
    void shouldGoOnAfterRestart() {
        Random random = new Random(2);
        Detectors before = new Detectors(10);
        Series series = new Series("a", "cpu");
        for (int row = 0; row < 500; row++) {
            before.score(series, row * 1_000L, random.nextGaussian());
        }
        Detectors after = new Detectors(10);
        before.save().forEach((name, state) -> after.put(name, AnomalyDetector.restore(state)));
        for (int row = 500; row < 1_000; row++) {
            double value = random.nextGaussian();
            assertEquals(
                    before.score(series, row * 1_000L, value),
                    after.score(series, row * 1_000L, value),
                    "seed 2, row " + row);
        }
    }

    @Test
    void shouldRefuseLimitBelowOne() {
        assertThrows(IllegalArgumentException.class, () -> new Detectors(0));
    }
}
