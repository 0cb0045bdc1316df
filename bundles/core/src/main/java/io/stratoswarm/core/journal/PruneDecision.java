package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.journal.JournalRetention.Plan;
import java.util.List;
import java.util.Map;

/** Has a cut judged, as any other decision is, so that a rule on how long records are kept is stronger than a setting. */
final class PruneDecision {
    static final String TYPE = "journal.prune";
    private static final long DAY_NANOS = 86_400_000_000_000L;

    private final Decisions decisions;
    private final DecisionOrigin origin;
    private final Decisions.Made made;

    private PruneDecision(Decisions decisions, DecisionOrigin origin, Decisions.Made made) {
        this.decisions = decisions;
        this.origin = origin;
        this.made = made;
    }

    /** @throws StratoswarmException where it may not be made, or not yet */
    static PruneDecision allowed(Decisions decisions, Plan plan, long now, String actor, String reason) {
        DecisionOrigin origin = new DecisionOrigin("core.journal", "journal", actor, List.of());
        return new PruneDecision(decisions, origin, allow(decisions, origin, plan, now, reason));
    }

    /** Of its event. */
    long sequence() {
        return made.sequence();
    }

    /** Tells what came of it. */
    void outcome(String text, boolean success) {
        decisions.outcome(made, origin, text, success);
    }

    private static Decisions.Made allow(
            Decisions decisions, DecisionOrigin origin, Plan plan, long now, String reason) {
        String prefix = "prune-" + plan.first() + "-" + plan.cut() + "-";
        // One that waits, or was approved since, is the same one; any other begins anew, as rules may have changed.
        String id = decisions.pending().stream()
                .map(Decisions.Pending::id)
                .filter(each -> each.startsWith(prefix))
                .findFirst()
                .orElse(prefix + now);
        String why = reason.isBlank() ? plan.rule() : reason + " (" + plan.rule() + ")";
        DecisionRecorded decision = new DecisionRecorded(
                id,
                "",
                TYPE,
                Map.of(
                        "cut", Long.toString(plan.cut()),
                        "events", Long.toString(plan.cut() - plan.first()),
                        "bytes", Long.toString(plan.bytes()),
                        // Of the newest event that would go: what a rule on days of keeping compares.
                        "youngestDays", Long.toString(Math.floorDiv(now - plan.toNanos(), DAY_NANOS)),
                        "heldBack", Integer.toString(plan.heldBack().size())),
                List.of("keep them"),
                "the events before " + plan.cut() + " are dropped: " + why,
                1,
                Map.of());
        if (origin.actor().equals("system") && decisions.judge(decision, origin) == Ruling.DENY) {
            // Asked every few minutes; what is refused each time needs no event each time.
            throw new StratoswarmException(
                    Kind.FORBIDDEN,
                    "a rule denies to drop the events before " + plan.cut()
                            + "; 'stratoswarm compliance status' names the rules on decisions of type " + TYPE);
        }
        Decisions.Made made = decisions.decide(decision, origin);
        if (made.ruling() == Ruling.DENY) {
            throw new StratoswarmException(Kind.FORBIDDEN, "the journal may not be pruned: " + made.why());
        }
        if (made.ruling() == Ruling.APPROVE) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "pruning the journal waits for an approval (" + made.why() + "); once 'stratoswarm audit approve "
                            + made.id() + "' was given, ask again");
        }
        return made;
    }
}
