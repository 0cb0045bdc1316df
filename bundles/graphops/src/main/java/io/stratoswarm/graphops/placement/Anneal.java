package io.stratoswarm.graphops.placement;

import java.util.random.RandomGenerator;

/**
 * Simulated annealing: moves, swaps and chains of agents, and now and then some are taken out and put back one by one. It goes in rounds,
 * each longer than the one before and beginning with the best so far, so that it has something good whenever it is ended. How it
 * cools depends on steps alone, never on time.
 */
final class Anneal {
    /**
     * What one broken rule counts: as much as two usual moves while it is hot, so that the way to a better placement may lead over
     * one that is none, and more than all scores, which are mostly below 1, once it is cooler.
     */
    private static final double PENALTY = 4;

    private static final double FIRST_PENALTY = 2;
    private static final double PENALTY_RISES = 0.6;

    /** What costs so many times as much as heat allows for is never accepted. */
    private static final double NEVER = 40;

    private static final int SAMPLES = 300;
    private static final int REFRESH = 1 << 14;
    private static final double[] ROUNDS = {1, 10};
    private static final double HOT = 1;
    private static final double COLD = 0.002;

    private final State state;
    private final Model model;
    private final Watch watch;
    private final RandomGenerator random;
    private final Moves moves;
    private final int[] best;
    private Score bestScore;
    private double penalty = PENALTY;

    Anneal(State state, Watch watch, RandomGenerator random) {
        this.state = state;
        this.model = state.model;
        this.watch = watch;
        this.random = random;
        moves = new Moves(state, watch, random);
        state.goals.refresh();
        best = state.place.clone();
        bestScore = Score.of(state);
    }

    /** Leaves the state at the best that was found. */
    void run(long steps) {
        if (moves.possible()) {
            double scale = scale();
            double all = 0;
            for (double part : ROUNDS) {
                all += part;
            }
            for (double part : ROUNDS) {
                if (watch.over()) {
                    break;
                }
                round(watch.affordable((long) (steps * part / all)), scale);
                moves.strict(false);
                back();
            }
            polish();
        }
        back();
    }

    private void back() {
        state.reset(best);
        state.goals.refresh();
    }

    private double cost() {
        return state.soft() + penalty * state.hard();
    }

    private void penalty(double scale, double done) {
        double first = Math.min(PENALTY, FIRST_PENALTY * scale);
        penalty = first * Math.pow(PENALTY / first, Math.min(1, done / PENALTY_RISES));
    }

    /** How much one move of an agent usually changes the score. */
    private double scale() {
        double sum = 0;
        int count = 0;
        for (int k = 0; k < SAMPLES; k++) {
            double before = state.soft();
            moves.single();
            double change = Math.abs(state.soft() - before);
            moves.undo();
            if (change > Score.SAME) {
                sum += change;
                count++;
            }
        }
        return count == 0 ? Score.SAME : sum / count;
    }

    private void round(long steps, double scale) {
        long begin = watch.steps();
        long used = 0;
        double heat = HOT * scale;
        penalty(scale, 0);
        double now = cost();
        long nextRefresh = begin + REFRESH;
        for (int k = 0; used < steps && !watch.over(1); k++) {
            if ((k & 63) == 0) {
                used = watch.steps() - begin;
                heat = HOT * scale * Math.pow(COLD / HOT, (double) used / steps);
                if (watch.steps() >= nextRefresh) {
                    nextRefresh = watch.steps() + REFRESH;
                    state.goals.refresh();
                }
                penalty(scale, (double) used / steps);
                // With a rule broken already, the way out may lead over another one.
                moves.strict(penalty > NEVER * heat && state.hard() == 0);
                now = cost();
            }
            moves.any();
            double then = cost();
            if (then <= now || random.nextDouble() < Math.exp((now - then) / heat)) {
                now = then;
                moves.keep();
                remember();
            } else {
                moves.undo();
            }
        }
    }

    private void remember() {
        double hard = state.hard();
        if (hard > bestScore.hard() + Score.SAME) {
            return;
        }
        Score score = new Score(hard, state.soft());
        if (score.betterThan(bestScore)) {
            bestScore = score;
            System.arraycopy(state.place, 0, best, 0, best.length);
        }
    }

    /** Moves single agents while any of them would be better elsewhere. */
    private void polish() {
        boolean changed = true;
        while (changed && !watch.over()) {
            changed = false;
            for (int i = 0; i < model.agents && !watch.over(); i++) {
                int[] allowed = model.allowed[model.node[i]];
                if (allowed.length < 2) {
                    continue;
                }
                Score before = Score.of(state);
                int here = state.place[i];
                state.take(i);
                int there = Start.best(state, i, allowed, watch);
                state.put(i, there);
                if (there != here && Score.of(state).betterThan(before)) {
                    changed = true;
                } else if (there != here) {
                    state.move(i, here);
                }
            }
            remember();
        }
    }
}
