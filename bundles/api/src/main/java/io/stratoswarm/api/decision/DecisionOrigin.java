package io.stratoswarm.api.decision;

import io.stratoswarm.api.journal.Cause;
import java.util.List;

/**
 * Where a decision comes from.
 *
 * @param source the component that decides, for example {@code core.script}
 * @param subject of the decision's events, for example {@code script/heal}
 * @param actor who decides, for example {@code script:heal} or {@code uid:1000}
 * @param causes what led to it
 */
public record DecisionOrigin(String source, String subject, String actor, List<Cause> causes) {
    public DecisionOrigin {
        causes = List.copyOf(causes);
    }
}
