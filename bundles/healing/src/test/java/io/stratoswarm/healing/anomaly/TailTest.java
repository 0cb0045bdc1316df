package io.stratoswarm.healing.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TailTest {

    @Test
    void shouldAgreeWithNaiveRankWithinWhatWasSeen() {
        for (int seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            Tail tail = new Tail();
            List<Double> maxima = new ArrayList<>();
            for (int block = 0; block < 200; block++) {
                double greatest = 0;
                for (int i = 0; i < Tail.BLOCK; i++) {
                    double value = random.nextExponential();
                    greatest = Math.max(greatest, value);
                    tail.add(value);
                }
                maxima.add(greatest);
            }
            maxima.sort(Collections.reverseOrder());
            for (int rank = 0; rank < 10; rank++) {
                double probe = maxima.get(rank) * 1.02;
                long above = maxima.stream()
                        .filter(value -> value >= probe * 0.95 * 1.01)
                        .count();
                double naive = Math.log10(201.0 / (above + 1));
                double evidence = tail.evidence(probe);
                assertTrue(
                        evidence >= 0 && (above == 0 || evidence <= naive + 0.2),
                        "seed " + seed + ", rank " + rank + ": " + evidence);
            }
        }
    }

    @Test
    void shouldEstimateProbabilityBeyondWhatWasSeen() {
        double sum = 0;
        int rounds = 200;
        for (int seed = 1; seed <= rounds; seed++) {
            Random random = new Random(seed);
            Tail tail = new Tail();
            for (int i = 0; i < 400 * Tail.BLOCK; i++) {
                tail.add(Math.pow(random.nextDouble(), -0.5));
            }
            // Of a Pareto tail with exponent 2 a block has 300 or more with a probability of 16 / 90,000.
            sum += tail.evidence(300 / 0.95);
        }
        assertEquals(Math.log10(90_000 / 16.0), sum / rounds, 0.5, "seeds 1 to " + rounds);
    }

    @Test
    void shouldSayNothingBeforeEnoughWasSeen() {
        Tail tail = new Tail();
        for (int i = 0; i < 7 * Tail.BLOCK; i++) {
            tail.add(1);
            assertEquals(0, tail.evidence(1e6));
        }
    }

    @Test
    void shouldCountOneLongEventOnce() {
        Tail tail = new Tail();
        for (int i = 0; i < 100 * Tail.BLOCK; i++) {
            tail.add(i >= 50 * Tail.BLOCK && i < 51 * Tail.BLOCK ? 10 : 1);
        }
        assertEquals(Math.log10(101 / 2.0), tail.evidence(10), 0.01);
    }
}
