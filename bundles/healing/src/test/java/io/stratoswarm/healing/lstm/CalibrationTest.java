package io.stratoswarm.healing.lstm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    /** Outcomes drawn so that {@code sigmoid(0.5 x - 1)} is the truth. */
    private static final float[] OUTPUTS = new float[20_000];

    private static final boolean[] OCCURRED = new boolean[OUTPUTS.length];

    static {
        SplittableRandom random = new SplittableRandom(21);
        for (int i = 0; i < OUTPUTS.length; i++) {
            OUTPUTS[i] = random.nextFloat() * 12 - 6;
            OCCURRED[i] = random.nextDouble() < new Calibration(0.5, -1).probability(OUTPUTS[i]);
        }
    }

    private static double error(Calibration calibration, float[] outputs, boolean[] occurred) {
        double[] probabilities = new double[outputs.length];
        for (int i = 0; i < outputs.length; i++) {
            probabilities[i] = calibration.probability(outputs[i]);
        }
        return Reliability.of(probabilities, occurred, 10).expectedError();
    }

    @Test
    void shouldFindTheScaleThatOutcomesWereDrawnWith() {
        Calibration found = Calibration.platt(OUTPUTS, OCCURRED);
        assertEquals(0.5, found.slope(), 0.03);
        assertEquals(-1, found.offset(), 0.06);
        assertTrue(error(Calibration.NONE, OUTPUTS, OCCURRED) > 0.1);
        assertTrue(error(found, OUTPUTS, OCCURRED) < 0.015);
    }

    @Test
    void shouldFindOneTemperature() {
        boolean[] occurred = new boolean[OUTPUTS.length];
        SplittableRandom random = new SplittableRandom(22);
        for (int i = 0; i < OUTPUTS.length; i++) {
            occurred[i] = random.nextDouble() < new Calibration(0.4, 0).probability(OUTPUTS[i]);
        }
        Calibration found = Calibration.temperature(OUTPUTS, occurred);
        assertEquals(0.4, found.slope(), 0.03);
        assertEquals(0, found.offset());
    }

    @Test
    void shouldStayOffCertaintyWhereOutcomesAreSeparated() {
        Calibration found = Calibration.platt(new float[] {-2, -1, 1, 2}, new boolean[] {false, false, true, true});
        assertTrue(found.probability(2) < 0.95 && found.probability(2) > 0.6, "" + found);
        assertTrue(found.probability(-2) > 0.05 && found.probability(-2) < 0.4, "" + found);
    }

    @Test
    void shouldRefuseOutcomesThatAreAllTheSame() {
        assertThrows(
                StratoswarmException.class, () -> Calibration.platt(new float[] {1, 2}, new boolean[] {true, true}));
    }

    @Test
    void shouldMeasureTheErrorOfWhatWasSaid() {
        // Said 0.75 four times and three occurred: honest. Said 0.95 twice and one occurred: off by 0.45.
        double[] said = {0.75, 0.75, 0.75, 0.75, 0.95, 0.95};
        boolean[] occurred = {true, true, true, false, true, false};
        assertEquals(0.45 * 2 / 6, Reliability.of(said, occurred, 10).expectedError(), 1e-12);
        assertEquals(0, Reliability.of(new double[0], new boolean[0], 10).expectedError());
        assertEquals(
                1, Reliability.of(new double[] {1}, new boolean[] {false}, 10).expectedError());
    }
}
