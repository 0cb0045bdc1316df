package io.stratoswarm.graphops.placement;

/** Tries every placement of a small problem. */
final class Enumeration {
    private final State state;
    private final Model model;
    private final Watch watch;
    private final int[] best;
    private Score bestScore;

    private Enumeration(State state, Watch watch) {
        this.state = state;
        this.model = state.model;
        this.watch = watch;
        best = state.place.clone();
        bestScore = Score.of(state);
    }

    /** How many placements there are; those of agents that no place can take count once. */
    static double size(Model model) {
        double size = 1;
        for (int n : model.node) {
            size *= Math.max(1, model.allowed[n].length);
        }
        return size;
    }

    /** Leaves the state at the best of all, of equal ones at the one that was there or came first. */
    static void run(State state, Watch watch) {
        Enumeration all = new Enumeration(state, watch);
        all.walk(0);
        state.reset(all.best);
        state.goals.refresh();
    }

    private void walk(int i) {
        if (i == model.agents) {
            Score score = Score.of(state);
            if (score.betterThan(bestScore)) {
                bestScore = score;
                System.arraycopy(state.place, 0, best, 0, best.length);
            }
            return;
        }
        if (state.place[i] == State.NOWHERE) {
            walk(i + 1);
            return;
        }
        for (int p : model.allowed[model.node[i]]) {
            if (watch.over(1)) {
                return;
            }
            if (p != state.place[i]) {
                state.move(i, p);
            }
            walk(i + 1);
        }
    }
}
