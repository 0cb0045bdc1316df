package io.stratoswarm.api.place;

import java.util.List;
import java.util.Optional;

/**
 * Why an agent is where it is, all other agents staying where they are.
 *
 * @param place absent where no place can take it
 * @param why one sentence
 * @param others every other place
 */
public record Explanation(String agent, Optional<String> place, String why, List<Rejected> others) {
    public Explanation {
        others = List.copyOf(others);
    }

    /**
     * A place that was not taken.
     *
     * @param possible whether the agent could run there
     * @param reason the first constraint that would be broken; or where it is possible, which scores would change
     * @param worse how much larger the total would be there; 0 where it is not possible
     */
    public record Rejected(String place, boolean possible, String reason, double worse) {}
}
