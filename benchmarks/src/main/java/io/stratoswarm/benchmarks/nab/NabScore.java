package io.stratoswarm.benchmarks.nab;

import io.stratoswarm.benchmarks.nab.NabSeries.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The score of the Numenta Anomaly Benchmark, version 1.1: Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms", 2015, and
 * its program's {@code sweeper.py}, {@code optimizer.py} and {@code runner.py}, which this follows in every rule.
 *
 * <p>In each labelled window the earliest row at or above the threshold counts, for more the earlier it is; a window without one counts as
 * missed; each row outside a window at or above the threshold costs, for less right behind a window. One threshold holds for all files: the one
 * with the best sum. The sum is scaled so that a detector that never says anything gets 0 and one that finds each window at its first row, and
 * nothing else, gets 100.
 */
final class NabScore {
    /** Above every score, so that no row is at or above it. */
    static final double NOTHING = 1.1;

    private static final double FAR_BEHIND = 3.0;
    private static final double LARGEST = scaledSigmoid(-1.0);

    private NabScore() {}

    /** What a file, or all of them, get at a threshold: the sum, and rows by whether they are at or above it and in a window. */
    record Counts(
            double threshold,
            double score,
            int truePositives,
            int trueNegatives,
            int falsePositives,
            int falseNegatives) {
        int rows() {
            return truePositives + trueNegatives + falsePositives + falseNegatives;
        }
    }

    /** The rows that count, highest score first, and the windows in which some of them lie. */
    private record Point(double score, double worth, int window) {}

    /** What a row is worth by where it lies: -1 at the first row of a window, 0 at the row after it, 1 one width later. */
    static double scaledSigmoid(double position) {
        return position >= FAR_BEHIND ? -1.0 : 2.0 / (1.0 + Math.exp(5.0 * position)) - 1.0;
    }

    /** What each row of the file counts for when it is said to be anomalous. */
    static double[] worth(NabSeries series, NabProfile profile) {
        double[] worth = new double[series.rows()];
        int next = 0;
        List<Window> windows = series.windows();
        for (int row = 0; row < worth.length; row++) {
            if (next < windows.size() && row > windows.get(next).last()) {
                next++;
            }
            if (next < windows.size() && row >= windows.get(next).first()) {
                Window window = windows.get(next);
                double position = -(window.last() - row + 1) / (double) window.width();
                worth[row] = scaledSigmoid(position) * profile.truePositive() / LARGEST;
            } else {
                double position = FAR_BEHIND;
                if (next > 0) {
                    Window before = windows.get(next - 1);
                    position = (row - before.last()) / (double) (before.width() - 1);
                }
                worth[row] = scaledSigmoid(position) * profile.falsePositive();
            }
        }
        return worth;
    }

    /** The threshold with the best sum over all files; of several the highest. */
    static Counts best(List<NabSeries> corpus, NabProfile profile) {
        Sweep sweep = new Sweep(corpus, profile);
        Counts best = sweep.counts();
        while (sweep.hasNext()) {
            Counts counts = sweep.lower();
            if (counts.score() > best.score()) {
                best = counts;
            }
        }
        return best;
    }

    /** What the files get at this threshold. */
    static Counts at(List<NabSeries> corpus, NabProfile profile, double threshold) {
        Sweep sweep = new Sweep(corpus, profile);
        while (sweep.hasNext() && sweep.next() >= threshold) {
            sweep.lower();
        }
        return sweep.counts();
    }

    /** The sum on the scale from a detector that says nothing, 0, to a perfect one, 100. */
    static double normalised(List<NabSeries> corpus, NabProfile profile, double score) {
        double nothing = new Sweep(corpus, profile).counts().score();
        double perfect =
                corpus.stream().mapToInt(series -> series.windows().size()).sum() * profile.truePositive();
        return 100.0 * (score - nothing) / (perfect - nothing);
    }

    /** Lowers the threshold from score to score, from above all of them. */
    private static final class Sweep {
        private final List<Point> points = new ArrayList<>();
        private final double[] windows;
        private double threshold = NOTHING;
        private double outside;
        private int at;
        private int inside;
        private int insideAll;

        Sweep(List<NabSeries> corpus, NabProfile profile) {
            int window = 0;
            for (NabSeries series : corpus) {
                window = add(series, worth(series, profile), window);
            }
            points.sort((one, other) -> Double.compare(other.score, one.score));
            windows = new double[window];
            for (Point point : points) {
                if (point.window >= 0) {
                    windows[point.window] = -profile.falseNegative();
                    insideAll++;
                }
            }
        }

        private int add(NabSeries series, double[] worth, int firstWindow) {
            int[] window = new int[series.rows()];
            Arrays.fill(window, -1);
            int number = firstWindow;
            for (Window labelled : series.windows()) {
                Arrays.fill(window, labelled.first(), labelled.last() + 1, number++);
            }
            double[] scores = series.scores();
            for (int row = series.probation(); row < scores.length; row++) {
                points.add(new Point(scores[row], worth[row], window[row]));
            }
            return number;
        }

        boolean hasNext() {
            return at < points.size();
        }

        /** The greatest score below the threshold. */
        double next() {
            return points.get(at).score;
        }

        /** Lowers the threshold to the next score. */
        Counts lower() {
            threshold = next();
            while (at < points.size() && points.get(at).score == threshold) {
                Point point = points.get(at++);
                if (point.window < 0) {
                    outside += point.worth;
                } else {
                    inside++;
                    windows[point.window] = Math.max(windows[point.window], point.worth);
                }
            }
            return counts();
        }

        Counts counts() {
            int outsideSaid = at - inside;
            double sum = outside;
            for (double window : windows) {
                sum += window;
            }
            int outsideAll = points.size() - insideAll;
            return new Counts(threshold, sum, inside, outsideAll - outsideSaid, outsideSaid, insideAll - inside);
        }
    }
}
