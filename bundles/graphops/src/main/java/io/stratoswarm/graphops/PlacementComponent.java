package io.stratoswarm.graphops;

import io.stratoswarm.api.place.Explanation;
import io.stratoswarm.api.place.Placement;
import io.stratoswarm.api.place.PlacementProblem;
import io.stratoswarm.api.place.PlacementSolver;
import io.stratoswarm.graphops.placement.LocalSearch;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.osgi.service.component.annotations.Component;

/** Offers the solver of placements. */
@Component(service = PlacementSolver.class)
public final class PlacementComponent implements PlacementSolver {
    private final LocalSearch solver = new LocalSearch(System::nanoTime);

    @Override
    public String name() {
        return solver.name();
    }

    @Override
    public Placement solve(PlacementProblem problem, Budget budget, BooleanSupplier cancelled) {
        return solver.solve(problem, budget, cancelled);
    }

    @Override
    public Explanation explain(PlacementProblem problem, Map<String, String> places, String agent) {
        return solver.explain(problem, places, agent);
    }
}
