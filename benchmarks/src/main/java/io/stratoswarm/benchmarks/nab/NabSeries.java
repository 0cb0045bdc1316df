package io.stratoswarm.benchmarks.nab;

import java.util.List;

/**
 * One file of the corpus with the scores that a detector gave.
 *
 * @param name the file below {@code data}, such as {@code realTraffic/speed_7578.csv}
 * @param windows the labelled windows, in order; none where nothing of the file is an anomaly
 */
record NabSeries(String name, double[] scores, List<Window> windows) {

    /** A labelled window by the indices of its first and last row, both within. */
    record Window(int first, int last) {
        Window {
            if (first < 0 || last < first) {
                throw new IllegalArgumentException("a window from row " + first + " to row " + last);
            }
        }

        int width() {
            return last - first + 1;
        }
    }

    NabSeries {
        scores = scores.clone();
        windows = List.copyOf(windows);
        int end = -1;
        for (Window window : windows) {
            if (window.first() <= end || window.last() >= scores.length) {
                throw new IllegalArgumentException(name + ": windows out of order, or past the last row: " + windows);
            }
            end = window.last();
        }
    }

    @Override
    public double[] scores() {
        return scores.clone();
    }

    int rows() {
        return scores.length;
    }

    /** The rows at the start that are not scored: 15 % of the file, and at most of 5,000 rows. */
    int probation() {
        return (int) Math.min(Math.floor(0.15 * rows()), 0.15 * 5_000);
    }
}
