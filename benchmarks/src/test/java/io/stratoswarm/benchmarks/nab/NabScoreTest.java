package io.stratoswarm.benchmarks.nab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.stratoswarm.benchmarks.nab.NabScore.Counts;
import io.stratoswarm.benchmarks.nab.NabSeries.Window;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cases worked out by hand from the definition: 2 / (1 + e^(5p)) - 1 at the relative position p. */
class NabScoreTest {
    /** 2 / (1 + e^-5) - 1. */
    private static final double AT_START = 0.986614298151430;
    /** 2 / (1 + e^-2.5) - 1. */
    private static final double IN_THE_MIDDLE = 0.848283639957513;

    /** 100 rows, of which the first 15 are not scored; a window of ten rows from row 40. */
    private static NabSeries series(int... alarms) {
        double[] scores = new double[100];
        for (int row : alarms) {
            scores[row] = 0.9;
        }
        return new NabSeries("a/b.csv", scores, List.of(new Window(40, 49)));
    }

    private static Counts at(NabSeries series) {
        return NabScore.at(List.of(series), NabProfile.STANDARD, 0.9);
    }

    @Test
    void shouldWeighPositionsAsThePaperDoes() {
        assertEquals(AT_START, NabScore.scaledSigmoid(-1), 1e-12);
        assertEquals(IN_THE_MIDDLE, NabScore.scaledSigmoid(-0.5), 1e-12);
        assertEquals(0, NabScore.scaledSigmoid(0), 1e-12);
        assertEquals(-AT_START, NabScore.scaledSigmoid(1), 1e-12);
        assertEquals(-1, NabScore.scaledSigmoid(3));
    }

    @Test
    void shouldCountWindowFoundAtItsStartAsOne() {
        assertEquals(1, at(series(40)).score(), 1e-12);
    }

    @Test
    void shouldCountEarliestRowOfWindowOnly() {
        assertEquals(IN_THE_MIDDLE / AT_START, at(series(45)).score(), 1e-12);
        assertEquals(IN_THE_MIDDLE / AT_START, at(series(45, 46, 49)).score(), 1e-12);
        // The last row is still within: a tenth of the width is left.
        assertEquals(NabScore.scaledSigmoid(-0.1) / AT_START, at(series(49)).score(), 1e-12);
    }

    @Test
    void shouldTakeWeightForMissedWindow() {
        assertEquals(-1, at(series()).score());
        assertEquals(
                -2, NabScore.at(List.of(series()), NabProfile.all().get(2), 0.9).score());
    }

    @Test
    void shouldCountFalseAlarmFullyBeforeAnyWindowAndLessRightBehindOne() {
        assertEquals(-1 - 0.11, at(series(20)).score(), 1e-12);
        // Three rows behind the last row of the window, whose width less one is nine.
        assertEquals(-1 + 0.11 * NabScore.scaledSigmoid(3 / 9.0), at(series(52)).score(), 1e-12);
        assertEquals(-1 - 0.11, at(series(49 + 27)).score(), 1e-12);
        assertEquals(-1 - 2 * 0.11, at(series(20, 99)).score(), 1e-12);
    }

    @Test
    void shouldNotScoreProbation() {
        assertEquals(-1, at(series(0, 14)).score());
        assertEquals(-1 - 0.11, at(series(14, 15)).score(), 1e-12);
        assertEquals(750, new NabSeries("long", new double[20_000], List.of()).probation());
        assertEquals(604, new NabSeries("usual", new double[4_032], List.of()).probation());
    }

    @Test
    void shouldCountRows() {
        Counts counts = at(series(3, 20, 45, 46));
        assertEquals(2, counts.truePositives());
        assertEquals(1, counts.falsePositives());
        assertEquals(8, counts.falseNegatives());
        assertEquals(74, counts.trueNegatives());
        assertEquals(85, counts.rows());
    }

    @Test
    void shouldChooseOneThresholdForAllFiles() {
        double[] first = new double[100];
        first[40] = 0.8;
        first[90] = 0.4;
        double[] second = new double[100];
        second[40] = 0.5;
        second[20] = 0.7;
        List<NabSeries> corpus = List.of(
                new NabSeries("a", first, List.of(new Window(40, 49))),
                new NabSeries("b", second, List.of(new Window(40, 49))));
        Counts best = NabScore.best(corpus, NabProfile.STANDARD);
        assertEquals(0.5, best.threshold());
        assertEquals(2 - 0.11, best.score(), 1e-12);
        assertEquals(100 * (2 - 0.11 + 2) / 4, NabScore.normalised(corpus, NabProfile.STANDARD, best.score()), 1e-9);
    }

    @Test
    void shouldKeepSilentWhereEveryAlarmCosts() {
        double[] scores = new double[100];
        for (int row = 0; row < 40; row++) {
            scores[row] = 0.9;
        }
        List<NabSeries> corpus = List.of(new NabSeries("a", scores, List.of(new Window(90, 99))));
        Counts best = NabScore.best(corpus, NabProfile.STANDARD);
        assertEquals(NabScore.NOTHING, best.threshold());
        assertEquals(0, NabScore.normalised(corpus, NabProfile.STANDARD, best.score()), 1e-12);
    }

    @Test
    void shouldGiveHundredToPerfectDetectorInEachProfile() {
        for (NabProfile profile : NabProfile.all()) {
            List<NabSeries> corpus = List.of(series(40), series(40));
            assertEquals(
                    100,
                    NabScore.normalised(
                            corpus, profile, NabScore.best(corpus, profile).score()),
                    1e-9,
                    profile.name());
        }
    }

    @Test
    void shouldSaySameOfRowsAsOfSum() {
        NabSeries series = series(20, 45, 52);
        double[] worth = NabScore.worth(series, NabProfile.STANDARD);
        assertEquals(at(series).score(), worth[20] + worth[45] + worth[52], 1e-12);
        assertArrayEquals(new double[] {-0.11, 1}, new double[] {worth[39], worth[40]}, 1e-12);
    }

    @Test
    void shouldRefuseWindowsOutOfOrder() {
        List<Window> crossed = List.of(new Window(40, 49), new Window(45, 60));
        assertThrows(IllegalArgumentException.class, () -> new NabSeries("a", new double[100], crossed));
        List<Window> late = List.of(new Window(40, 100));
        assertThrows(IllegalArgumentException.class, () -> new NabSeries("a", new double[100], late));
    }
}
