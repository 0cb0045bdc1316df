package io.stratoswarm.graphops.placement;

import io.stratoswarm.api.graph.Objective;
import io.stratoswarm.api.place.Explanation;
import io.stratoswarm.api.place.Placement;
import io.stratoswarm.api.place.Placement.Violation;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementSolver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The solver. It holds nothing; each call works on a state of its own. */
public final class LocalSearch implements PlacementSolver {
    private static final long LEAST_STEPS = 20_000;
    private static final long MOST_STEPS = 3_000_000;
    private static final long STEPS_PER_CHOICE = 20;
    /** Of the exact search, where the other one found nothing that keeps all rules. */
    private static final long TRIES = 300_000;

    /** With no more placements than this, all are tried. */
    private static final double FEW = 5_000;

    private final LongSupplier monotonic;
    private final double few;

    /** @param monotonic nanoseconds of a clock that never goes back */
    public LocalSearch(LongSupplier monotonic) {
        this(monotonic, FEW);
    }

    LocalSearch(LongSupplier monotonic, double few) {
        this.monotonic = monotonic;
        this.few = few;
    }

    @Override
    public String name() {
        return "local-search 1";
    }

    @Override
    public Placement solve(PlacementProblem problem, Budget budget, BooleanSupplier cancelled) {
        Watch watch = new Watch(monotonic, budget.timeoutMillis(), cancelled);
        Model model = new Model(problem);
        State state = new State(model, problem.constraints());
        Start.build(state, watch);
        long choices = 0;
        for (int n : model.node) {
            choices += model.allowed[n].length;
        }
        long steps = budget.steps().orElse(Math.clamp(STEPS_PER_CHOICE * choices, LEAST_STEPS, MOST_STEPS));
        boolean all = Enumeration.size(model) <= Math.min(few, steps);
        if (all) {
            state.goals.refresh();
            Enumeration.run(state, watch);
        } else {
            new Anneal(state, watch, new SplittableRandom(budget.seed())).run(steps);
        }
        boolean impossible = false;
        if (state.hard() > 0 && !watch.over() && everyoneMay(model)) {
            int[] found = state.place.clone();
            switch (new Exact(state, TRIES).search()) {
                case THERE_IS -> new Anneal(state, watch, new SplittableRandom(budget.seed())).run(steps);
                case THERE_IS_NONE -> {
                    impossible = true;
                    state.reset(found);
                }
                case UNKNOWN -> state.reset(found);
            }
            state.goals.refresh();
        }
        return result(state, watch, budget, impossible);
    }

    private static boolean everyoneMay(Model model) {
        for (int n : model.node) {
            if (model.allowed[n].length == 0) {
                return false;
            }
        }
        return true;
    }

    private Placement result(State state, Watch watch, Budget budget, boolean impossible) {
        Model model = state.model;
        Map<String, String> places = new LinkedHashMap<>();
        for (int i = 0; i < model.agents; i++) {
            if (state.place[i] >= 0) {
                places.put(model.agentIds[i], model.places.ids[state.place[i]]);
            }
        }
        List<Placement.Score> scores = new ArrayList<>();
        for (Objective objective : model.objectives()) {
            scores.add(new Placement.Score(objective.goal(), objective.weight(), state.goals.value(objective.goal())));
        }
        Report report = new Report(state);
        List<Violation> violations = new ArrayList<>();
        List<Violation> broken = report.violations();
        if (impossible) {
            violations.addAll(Report.conflict(model.problem));
        }
        violations.addAll(broken);
        return new Placement(
                places,
                scores,
                state.goals.moving(),
                state.soft(),
                violations,
                !violations.isEmpty() && (impossible || report.proven()),
                watch.end(),
                watch.steps(),
                budget.seed(),
                name());
    }

    @Override
    public Explanation explain(PlacementProblem problem, Map<String, String> places, String agent) {
        return new Explainer(new Model(problem), places).explain(agent);
    }
}
