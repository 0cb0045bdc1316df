package io.stratoswarm.healing.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How alike two windows are whose class nothing is known of: by how much they differ, in units of how much two failures of a class usually
 * do. What the host does is left out of it, as that depends on the host.
 *
 * @param names of the measures
 * @param spreads of each: by how much two failures of a class usually differ
 * @param alike how much two failures of a class may differ in all
 * @param certainty of examples whose nearest other one is as alike, the share that are of its class
 */
record Likeness(List<String> names, double[] spreads, double alike, double certainty) {
    /** Of measures that are about the host, and not about the agent. */
    private static final String HOST = "host.";
    /** Nine of ten pairs of a class differ by less. */
    private static final double USUALLY = 0.9;

    private static final int MEASURES = 8;
    private static final double MOST = 6;

    static Likeness learn(List<String> names, List<Example> examples) {
        List<double[]> pairs = new ArrayList<>();
        for (int i = 0; i < examples.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (examples.get(i).label().equals(examples.get(j).label())) {
                    pairs.add(apart(examples.get(i).vector(), examples.get(j).vector()));
                }
            }
        }
        double[] spreads = new double[names.size()];
        for (int i = 0; i < spreads.length; i++) {
            int measure = i;
            double[] all =
                    pairs.stream().mapToDouble(pair -> pair[measure]).sorted().toArray();
            spreads[i] = Math.max(Model.LEAST_GRAIN, Model.quantile(all, USUALLY));
        }
        double[] sorted = pairs.stream()
                .mapToDouble(pair -> farthest(names, pair, spreads))
                .sorted()
                .toArray();
        Likeness found = new Likeness(names, spreads, Model.quantile(sorted, USUALLY), 0);
        return new Likeness(names, spreads, found.alike, found.right(examples));
    }

    private double right(List<Example> examples) {
        int near = 0;
        int right = 0;
        for (Example example : examples) {
            List<Example> others = new ArrayList<>(examples);
            others.remove(example);
            Example nearest = nearest(example.vector(), others);
            if (nearest != null && between(example.vector(), nearest.vector()) <= alike) {
                near++;
                right += nearest.label().equals(example.label()) ? 1 : 0;
            }
        }
        return near == 0 ? 0 : (double) right / near;
    }

    /** The example that is most alike; null where there is none. */
    @org.jspecify.annotations.Nullable
    Example nearest(double[] vector, List<Example> examples) {
        Example nearest = null;
        double least = Double.MAX_VALUE;
        for (Example example : examples) {
            double between = between(vector, example.vector());
            if (between < least) {
                least = between;
                nearest = example;
            }
        }
        return nearest;
    }

    /** 0 for the same. */
    double between(double[] a, double[] b) {
        return farthest(names, apart(a, b), spreads);
    }

    private static double[] apart(double[] a, double[] b) {
        double[] apart = new double[a.length];
        for (int i = 0; i < apart.length; i++) {
            apart[i] = Math.abs(a[i] - b[i]);
        }
        return apart;
    }

    /** The length of what is farthest: the measures that differ most in their units, each only so much, since one alone does not make a class. */
    static double farthest(List<String> names, double[] apart, double[] units) {
        double[] far = new double[apart.length];
        for (int i = 0; i < far.length; i++) {
            far[i] = names.get(i).startsWith(HOST) ? 0 : Math.min(MOST, apart[i] / units[i]);
        }
        Arrays.sort(far);
        double sum = 0;
        for (int i = 1; i <= MEASURES && i <= far.length; i++) {
            sum += far[far.length - i] * far[far.length - i];
        }
        return Math.sqrt(sum);
    }
}
