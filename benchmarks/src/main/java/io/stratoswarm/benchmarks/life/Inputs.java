package io.stratoswarm.benchmarks.life;

import io.stratoswarm.healing.lstm.Normalisation;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model is given of an engine. Everything that is learned here, which series tell anything and how they are normalised, is learned
 * from the engines given to {@link #of} alone.
 */
final class Inputs {
    /** A series is used where its correlation with the capped remaining life is at least this, either way. */
    private static final double TELLING = 0.3;

    private final List<Integer> columns;
    private final List<String> names;
    private final List<Double> smoothing;
    private final boolean age;
    private final Normalisation normalisation;

    private Inputs(
            List<Integer> columns,
            List<String> names,
            List<Double> smoothing,
            boolean age,
            Normalisation normalisation) {
        this.columns = columns;
        this.names = names;
        this.smoothing = smoothing;
        this.age = age;
        this.normalisation = normalisation;
    }

    /** @param smoothing one set of the series for each: the share of the newest value in an exponential mean, 1 for the values themselves */
    static Inputs of(List<Engine> engines, int cap, List<Double> smoothing, boolean age) {
        List<Integer> columns = new ArrayList<>();
        List<String> telling = new ArrayList<>();
        for (int i = 0; i < engines.getFirst().series().size(); i++) {
            if (Math.abs(correlation(engines, i, cap)) >= TELLING) {
                columns.add(i);
                telling.add(engines.getFirst().series().get(i));
            }
        }
        List<String> names = new ArrayList<>();
        for (double it : smoothing) {
            telling.forEach(name -> names.add(it == 1 ? name : name + " smoothed by " + it));
        }
        if (age) {
            names.add("cycles run");
        }
        var first = new Inputs(columns, names, smoothing, age, new Normalisation(new float[0], new float[0]));
        List<float[]> all = new ArrayList<>();
        engines.forEach(it -> all.addAll(first.rows(it)));
        float[] flat = new float[all.size() * names.size()];
        for (int i = 0; i < all.size(); i++) {
            System.arraycopy(all.get(i), 0, flat, i * names.size(), names.size());
        }
        return new Inputs(columns, names, smoothing, age, Normalisation.of(flat, names.size()));
    }

    private static double correlation(List<Engine> engines, int column, int cap) {
        double n = 0;
        double sx = 0;
        double sy = 0;
        double sxx = 0;
        double syy = 0;
        double sxy = 0;
        float origin = engines.getFirst().rows().getFirst()[column];
        for (Engine engine : engines) {
            for (int i = 0; i < engine.cycles(); i++) {
                double x = engine.rows().get(i)[column] - origin;
                double y = Math.min(cap, engine.cycles() - 1 - i);
                n++;
                sx += x;
                sy += y;
                sxx += x * x;
                syy += y * y;
                sxy += x * y;
            }
        }
        double spread = (sxx - sx * sx / n) * (syy - sy * sy / n);
        return spread > 1e-9 ? (sxy - sx * sy / n) / Math.sqrt(spread) : 0;
    }

    List<String> names() {
        return names;
    }

    Normalisation normalisation() {
        return normalisation;
    }

    /** Raw values of an engine, a row a cycle; no row knows of a later one. */
    List<float[]> rows(Engine engine) {
        List<float[]> rows = new ArrayList<>();
        int width = columns.size();
        double[][] sums = new double[smoothing.size()][width];
        double[] weights = new double[smoothing.size()];
        for (int i = 0; i < engine.cycles(); i++) {
            float[] row = new float[names.size()];
            for (int s = 0; s < sums.length; s++) {
                double share = smoothing.get(s);
                weights[s] = weights[s] * (1 - share) + share;
                for (int j = 0; j < width; j++) {
                    sums[s][j] =
                            sums[s][j] * (1 - share) + share * engine.rows().get(i)[columns.get(j)];
                    row[s * width + j] = (float) (sums[s][j] / weights[s]);
                }
            }
            if (age) {
                row[row.length - 1] = i + 1;
            }
            rows.add(row);
        }
        return rows;
    }

    /** Puts the last rows until {@code end} at a place; where there are too few, the first one is repeated before them. */
    static void window(List<float[]> rows, int end, int steps, float[] to, int offset) {
        int width = rows.getFirst().length;
        for (int step = 0; step < steps; step++) {
            System.arraycopy(rows.get(Math.max(0, end - steps + step)), 0, to, offset + step * width, width);
        }
    }
}
