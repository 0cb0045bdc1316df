package io.stratoswarm.api.decision;

import io.stratoswarm.api.StratoswarmException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The log of decisions. Whoever decides something calls {@link #decide} before acting and {@link #outcome} once it is known what came
 * of it. Calls return once their event is durable, and throw {@link StratoswarmException} where the journal does not take it; nothing
 * may be done then.
 */
@ProviderType
public interface Decisions {
    /** Keys of {@link DecisionRecorded#systemContext} that {@link #decide} adds; without them no decision is written. */
    String CONTEXT_JOURNAL = "journal";

    String CONTEXT_AGENTS = "agentsByPhase";
    String CONTEXT_RULING = "ruling";

    /** Payload events, subject that of the decision, caused by it; {@code reason} is in them where one was given. */
    String APPROVED = "DecisionApproved";

    String REJECTED = "DecisionRejected";

    /**
     * What was recorded.
     *
     * @param sequence of the event
     * @param repeated whether a decision of this id was there already; its ruling is what counts
     * @param ruling whether it may act now
     * @param reasons of a ruling that is not {@link Ruling#ALLOW}, one line each
     */
    record Made(String id, long sequence, boolean repeated, Ruling ruling, List<String> reasons) {
        public Made {
            reasons = List.copyOf(reasons);
        }

        /** The reasons in one line. */
        public String why() {
            return String.join("; ", reasons);
        }
    }

    /**
     * A decision that needs an approval.
     *
     * @param sequence of its {@link DecisionRecorded}
     * @param decidedNanos since 1970-01-01T00:00Z
     * @param expiresNanos after that time it can neither be approved nor act
     * @param approvedBy empty while it waits
     */
    record Pending(
            String id,
            long sequence,
            String agent,
            String decisionType,
            String actor,
            String reasoning,
            List<String> reasons,
            long decidedNanos,
            long expiresNanos,
            String approvedBy) {
        public Pending {
            reasons = List.copyOf(reasons);
        }

        public boolean approved() {
            return !approvedBy.isEmpty();
        }
    }

    /**
     * Adds the context, has the decision judged, and records it with the ruling. One that is denied gets its outcome as well.
     *
     * @param decision its id is the idempotency key: the same one again gives what was recorded first
     */
    Made decide(DecisionRecorded decision, DecisionOrigin origin);

    /** What {@link #decide} would rule now; nothing is recorded. */
    Ruling judge(DecisionRecorded decision, DecisionOrigin origin);

    /** Closes a decision; the same again changes nothing. */
    void outcome(Made made, DecisionOrigin origin, String outcome, boolean success);

    /** Those that wait, and those that are approved and have not acted yet, oldest first. */
    List<Pending> pending();

    /**
     * Lets it act.
     *
     * @param reason why, in the words of who approves; may be empty
     * @throws StratoswarmException kind NOT_FOUND where nothing of this id waits, FORBIDDEN for whoever decided it, CONFLICT where it
     *     is approved already or its time is over
     */
    Pending approve(String id, String actor, String reason);

    /** Lets it act, and says no more about it. */
    default Pending approve(String id, String actor) {
        return approve(id, actor, "");
    }

    /** Closes it with the outcome that it was rejected. Kinds as of {@link #approve}, but whoever decided it may do so. */
    Pending reject(String id, String actor, String reason);

    /** Closes it, and says no more about it. */
    default Pending reject(String id, String actor) {
        return reject(id, actor, "");
    }
}
