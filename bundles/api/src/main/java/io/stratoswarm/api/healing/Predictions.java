package io.stratoswarm.api.healing;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Foresees failures of agents, prevents them, and keeps the record of both.
 *
 * <p>Kinds of failure: NOT_FOUND for a cause that there is not.
 */
@ProviderType
public interface Predictions {
    /**
     * How it is.
     *
     * @param unavailable why nothing is foreseen; empty where forecasts are made
     * @param model SHA-256 of the model; empty where there is none
     * @param stepMillis how often each agent is looked at
     * @param horizonMillis how far a forecast looks ahead
     * @param threshold probability above which a prediction is made
     * @param holdout share of the predictions that nothing is done about, so that the gain can be measured
     * @param mode that of healing: {@code off}, {@code advise} or {@code auto}
     * @param paused why nothing is done; empty where prevention goes on
     * @param watched how many agents are looked at
     * @param withheld how many preventions were not done since the daemon began, by the reason
     */
    record Status(
            String unavailable,
            String model,
            long stepMillis,
            long horizonMillis,
            double threshold,
            double holdout,
            String mode,
            String paused,
            int watched,
            SortedMap<String, Long> withheld) {
        public Status {
            withheld = new TreeMap<>(withheld);
        }
    }

    /**
     * What is expected of an agent now.
     *
     * @param probability of a failure within the horizon, 0..1
     * @param expectedNanos when, since 1970-01-01T00:00Z
     * @param cause what it would come from, for example {@code memory-leak}
     * @param drivers measures that drove the probability, the strongest first
     * @param steps of how many steps of its course this was made
     * @param prediction the one that is open; absent where there is none
     */
    record Outlook(
            String agent,
            double probability,
            long expectedNanos,
            String cause,
            List<String> drivers,
            int steps,
            OptionalLong prediction) {
        public Outlook {
            drivers = List.copyOf(drivers);
        }
    }

    /**
     * One prediction: the probability rose above the threshold.
     *
     * @param number from 1
     * @param untilNanos end of the horizon, at which the prediction is judged
     * @param heldOut whether it was left alone by lot
     * @param measure what is or was done; empty where nothing is
     * @param state {@code alone}, {@code waits}, {@code acting}, {@code acted} or {@code ended}
     * @param outcome {@code hit}, {@code false-alarm}, {@code prevented} (something was done and it did not fail; whether it would have
     *     is not known), {@code failed-anyway} or {@code void}; empty while it is open
     * @param leadMillis from the prediction to the failure; absent where there was none
     * @param downMillis how long the agent was not well from the prediction to its end
     * @param why in words: what is waited for, why nothing is done, or how it ended
     */
    record Prediction(
            long number,
            String agent,
            double probability,
            long madeNanos,
            long expectedNanos,
            long untilNanos,
            String cause,
            List<String> drivers,
            String model,
            boolean heldOut,
            String measure,
            String state,
            String outcome,
            OptionalLong leadMillis,
            long downMillis,
            String why) {
        public Prediction {
            drivers = List.copyOf(drivers);
        }
    }

    /**
     * How well what was foreseen came true. Only predictions that nothing was done about tell that.
     *
     * @param missed failures that nothing had foreseen, of agents that were looked at for long enough
     * @param prevented how many did not fail after something was done; not known whether they would have
     * @param medianLeadMillis of the hits and of what failed anyway; absent where there are none
     * @param calibration by tenths of the probability
     * @param gains by cause
     */
    record Record(
            long hits,
            long falseAlarms,
            long missed,
            long prevented,
            long failedAnyway,
            long voided,
            OptionalLong medianLeadMillis,
            List<Bin> calibration,
            List<Gain> gains) {
        public Record {
            calibration = List.copyOf(calibration);
            gains = List.copyOf(gains);
        }
    }

    /**
     * Predictions of a probability from {@code from} up to {@code to} that nothing was done about.
     *
     * @param predicted mean of the probabilities
     * @param failed share that failed
     */
    record Bin(double from, double to, long count, double predicted, double failed) {}

    /**
     * What prevention gains about one cause: those that it was meant for, against those that were held out.
     *
     * @param on whether anything is done about it
     * @param why it is off, or what is lacking to tell; empty where it is on and the evidence is enough
     * @param treatedDownMillis mean time that an agent was not well, of those that prevention was begun for; absent where there were none
     * @param heldOutDownMillis the same of those that were held out
     */
    record Gain(
            String cause,
            boolean on,
            String why,
            long treated,
            long treatedFailed,
            OptionalDouble treatedDownMillis,
            long heldOut,
            long heldOutFailed,
            OptionalDouble heldOutDownMillis) {}

    Status status();

    /**
     * The agents whose failure is more probable than {@code atLeast}, the most probable first.
     *
     * @param withinMillis only failures that are expected so soon
     */
    List<Outlook> outlooks(double atLeast, OptionalLong withinMillis);

    /** The open ones, then those that ended, each the newest first. */
    List<Prediction> predictions(Optional<String> agent, int limit);

    Record record();

    /** Lets failures of a cause be prevented, or not. What was measured of it so far is forgotten where it is let. */
    void turn(String cause, boolean on, String actor);
}
