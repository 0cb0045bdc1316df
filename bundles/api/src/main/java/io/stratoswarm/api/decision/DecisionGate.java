package io.stratoswarm.api.decision;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Judges decisions before they act. Register it as an OSGi service; of several the strictest ruling counts. */
@ConsumerType
public interface DecisionGate {
    /**
     * What is found against a decision; empty where nothing is. Must answer soon, since somebody waits to act, and must not decide
     * anything itself.
     *
     * @param decision with its context
     */
    List<Finding> judge(DecisionRecorded decision, DecisionOrigin origin);

    /**
     * That a rule does not hold.
     *
     * @param rule its name, for example {@code change-window/working-hours}
     * @param message one line for whoever decided
     */
    record Finding(String rule, Ruling ruling, String message) {}
}
