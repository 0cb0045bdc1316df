package io.stratoswarm.api.place;

import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Finds placements. Register it as an OSGi service; of several, that with the highest ranking is asked. The command line finds it by
 * {@link java.util.ServiceLoader}.
 */
@ConsumerType
public interface PlacementSolver {
    /** Name and version, for the record. */
    String name();

    /**
     * The best placement that is found within the budget. The same problem, steps and seed give the same answer unless time ran
     * out. Kind INVALID where the problem contradicts itself, for example names a place that is not there.
     *
     * @param cancelled asked often; once it is true the best so far is given
     */
    Placement solve(PlacementProblem problem, Budget budget, BooleanSupplier cancelled);

    /** Why an agent is where it is in a placement of this problem. Kind NOT_FOUND for an unknown agent. */
    Explanation explain(PlacementProblem problem, Map<String, String> places, String agent);

    /** @param steps absent for as many as the size of the problem calls for */
    record Budget(long timeoutMillis, OptionalLong steps, long seed) {
        public static Budget ofSeconds(int seconds) {
            return new Budget(seconds * 1_000L, OptionalLong.empty(), 1);
        }
    }
}
