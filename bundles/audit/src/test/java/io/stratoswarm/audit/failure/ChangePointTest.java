package io.stratoswarm.audit.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChangePointTest {
    private static double[] noise(Random random, int n) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = 100 + 5 * random.nextGaussian();
        }
        return values;
    }

    @Test
    void shouldFindNoChangeMoreOftenThanItsChanceSays() {
        Random random = new Random(7);
        int found = 0;
        int series = 4_000;
        for (int i = 0; i < series; i++) {
            found += ChangePoint.find(noise(random, 60)).orElseThrow().p() <= 0.01 ? 1 : 0;
        }
        assertTrue(found <= 0.01 * series, found + " of " + series + " series of noise, seed 7");
    }

    @Test
    void shouldFindAShortChangeAtTheEndAndWhereItBegan() {
        Random random = new Random(8);
        for (int i = 0; i < 200; i++) {
            double[] values = noise(random, 60);
            int from = 30 + random.nextInt(24);
            for (int j = from; j < 60; j++) {
                values[j] += 200;
            }
            ChangePoint found = ChangePoint.find(values).orElseThrow();
            assertEquals(from, found.index(), 3, "seed 8, series " + i);
            assertEquals(from, found.onset(), 3, "seed 8, series " + i);
            assertTrue(found.p() < 1e-4, "seed 8, series " + i + ": " + found);
            assertTrue(found.z() > 10, "seed 8, series " + i + ": " + found);
        }
    }

    @Test
    void shouldFindWhereASlopeBegins() {
        double[] values = noise(new Random(9), 60);
        for (int i = 40; i < 60; i++) {
            values[i] += 30 * (i - 39);
        }
        ChangePoint found = ChangePoint.find(values).orElseThrow();
        assertTrue(found.onset() >= 39 && found.onset() <= 41, found.toString());
        assertTrue(found.p() < 1e-6, found.toString());
    }

    @Test
    void shouldNotBeFooledByOneOutlierNorByAConstant() {
        double[] values = noise(new Random(10), 60);
        values[57] = 1e9;
        assertTrue(ChangePoint.find(values).orElseThrow().p() > 0.01);
        double[] constant = new double[60];
        assertEquals(1, ChangePoint.find(constant).orElseThrow().p());
        assertEquals(Optional.empty(), ChangePoint.find(new double[5]));
    }

    /** Table of the exact distribution: 3 and 4 values, at most 0, 1, 2 pairs out of order: 1, 2 and 4 of 35 arrangements. */
    @Test
    void shouldKnowTheExactDistribution() {
        RankTest ranks = new RankTest();
        assertEquals(2 * 1 / 35.0, ranks.chance(12, 3, 4, 0), 1e-12);
        assertEquals(2 * 2 / 35.0, ranks.chance(10, 3, 4, 0), 1e-12);
        assertEquals(2 * 4 / 35.0, ranks.chance(-8, 4, 3, 0), 1e-12);
        assertEquals(1, ranks.chance(0, 30, 30, 0), 1e-6);
        assertEquals(0.025, RankTest.upper(1.959964), 1e-5);
    }
}
