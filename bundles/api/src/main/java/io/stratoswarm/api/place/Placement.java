package io.stratoswarm.api.place;

import io.stratoswarm.api.graph.Objective.Goal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a solver found.
 *
 * @param places id of the place by id of the agent, in the order of the problem; one that no place can take is absent
 * @param scores how good it is in each objective of the problem; 0 is best
 * @param moving share of the moving costs that it takes, 0 to 1
 * @param total the weighted mean of the scores, plus {@code moving} with its weight; the less the better
 * @param violations hard constraints that it breaks; none where it is feasible
 * @param proven where there are violations: whether it is certain that no placement keeps all constraints
 * @param end why the search ended
 * @param steps that the search took
 */
public record Placement(
        Map<String, String> places,
        List<Score> scores,
        double moving,
        double total,
        List<Violation> violations,
        boolean proven,
        End end,
        long steps,
        long seed,
        String solver) {
    public Placement {
        places = Collections.unmodifiableMap(new LinkedHashMap<>(places));
        scores = List.copyOf(scores);
        violations = List.copyOf(violations);
    }

    public boolean feasible() {
        return violations.isEmpty();
    }

    public enum End {
        /** It did all the steps that it was given; the same problem and seed give the same placement. */
        STEPS,
        /** The time was up; this is the best that was found until then. */
        TIME,
        CANCELLED
    }

    /** One objective; {@code value} is not weighted yet. */
    public record Score(Goal goal, double weight, double value) {}

    /**
     * A rule that is broken.
     *
     * @param rule in the words of the graph language, or {@code requests}
     * @param agents that it concerns
     * @param message what is wrong
     */
    public record Violation(String rule, List<String> agents, String message) {
        public Violation {
            agents = List.copyOf(agents);
        }
    }
}
