package io.stratoswarm.graphops.placement;

import java.util.Comparator;
import java.util.stream.IntStream;

/** A first placement: one agent after the other, the hardest first, each where it breaks least and then costs least. */
final class Start {
    private Start() {}

    static void build(State state, Watch watch) {
        Model model = state.model;
        double[] size = new double[model.nodes];
        for (int n = 0; n < model.nodes; n++) {
            size[n] = size(model, n);
        }
        int[] order = IntStream.range(0, model.agents)
                .boxed()
                .sorted(Comparator.<Integer>comparingInt(i -> Math.min(2, model.allowed[model.node[i]].length))
                        .thenComparing(i -> -size[model.node[i]])
                        .thenComparing(i -> i))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i : order) {
            int[] allowed = model.allowed[model.node[i]];
            if (allowed.length > 0) {
                boolean stays = model.present[i] >= 0 && model.may[model.node[i]][model.present[i]];
                state.put(
                        i,
                        stays
                                ? model.present[i]
                                : watch.over() ? first(state, i, allowed) : best(state, i, allowed, watch));
            }
        }
    }

    /** The largest part of a usual place that an agent takes. */
    private static double size(Model model, int n) {
        double most = 0;
        for (int r = 0; r < model.amounts.resources.length; r++) {
            double sum = 0;
            for (int p : model.allowed[n]) {
                int bearer = model.amounts.bearer[r][p];
                sum += bearer < 0 ? 0 : model.amounts.capacity[r][bearer];
            }
            most = Math.max(most, sum == 0 ? 0 : model.amounts.request[r][n] * (double) model.allowed[n].length / sum);
        }
        return most;
    }

    /** When the time is up: the first where nothing is broken, else one where the amounts fit. */
    private static int first(State state, int i, int[] allowed) {
        int fitting = allowed[0];
        double before = state.hard();
        for (int p : allowed) {
            if (state.fits(state.model.node[i], p)) {
                fitting = p;
                state.put(i, p);
                boolean kept = state.hard() <= before;
                state.take(i);
                if (kept) {
                    return p;
                }
            }
        }
        return fitting;
    }

    /** Of these places the one that breaks least and then costs least; of equal ones the first. */
    static int best(State state, int i, int[] allowed, Watch watch) {
        int best = allowed[0];
        double hard = Double.POSITIVE_INFINITY;
        double soft = Double.POSITIVE_INFINITY;
        for (int p : allowed) {
            state.put(i, p);
            double nowHard = state.hard();
            double nowSoft = state.soft();
            state.take(i);
            if (nowHard < hard - Score.SAME || nowHard < hard + Score.SAME && nowSoft < soft - Score.SAME) {
                best = p;
                hard = nowHard;
                soft = nowSoft;
            }
            if (watch.over(1)) {
                return state.fits(state.model.node[i], best) ? best : first(state, i, allowed);
            }
        }
        return best;
    }
}
