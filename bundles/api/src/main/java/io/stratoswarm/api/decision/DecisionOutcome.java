package io.stratoswarm.api.decision;

/**
 * Payload of the event of this name: what came of a decision; caused by its {@link DecisionRecorded}.
 *
 * @param decision id of the decision
 * @param outcome one line
 * @param success whether it reached what it was meant to
 */
public record DecisionOutcome(String decision, String outcome, boolean success) {
    public static final String TYPE = "DecisionOutcome";
}
