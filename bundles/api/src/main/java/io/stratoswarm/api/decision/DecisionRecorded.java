package io.stratoswarm.api.decision;

import java.util.List;
import java.util.Map;

/**
 * Payload of the event of this name: a decision with all that affected it. Id and time are those of the event; the outcome
 * follows as {@link DecisionOutcome}. Values of the maps are JSON text.
 *
 * @param id unique name of the decision, chosen by the decider
 * @param agent the agent it is about
 * @param decisionType for example {@code restart}
 * @param inputs what the decider looked at
 * @param alternatives what else could have been done
 * @param reasoning one or more sentences for a reader
 * @param confidence 0..1
 * @param systemContext state of the system at that time
 */
public record DecisionRecorded(
        String id,
        String agent,
        String decisionType,
        Map<String, String> inputs,
        List<String> alternatives,
        String reasoning,
        double confidence,
        Map<String, String> systemContext) {
    public static final String TYPE = "DecisionRecorded";

    public DecisionRecorded {
        inputs = Map.copyOf(inputs);
        alternatives = List.copyOf(alternatives);
        systemContext = Map.copyOf(systemContext);
        if (!(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException("confidence must be 0..1: " + confidence);
        }
    }
}
