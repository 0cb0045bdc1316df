package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionOutcome;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Receipt;
import java.util.List;

/** Records in a journal and rules as the test says. */
final class InMemoryDecisions implements Decisions {
    private final Journal journal;
    Ruling ruling = Ruling.ALLOW;

    InMemoryDecisions(Journal journal) {
        this.journal = journal;
    }

    private Receipt append(String type, DecisionOrigin origin, Object payload, String key) {
        String json = Json.MAPPER.valueToTree(payload).toString();
        return journal.append(Append.of(EventDraft.json(
                                type, origin.source(), origin.subject(), origin.actor(), origin.causes(), json))
                        .withKey(key))
                .join();
    }

    @Override
    public Made decide(DecisionRecorded decision, DecisionOrigin origin) {
        Receipt receipt = append(DecisionRecorded.TYPE, origin, decision, decision.id());
        Made made = new Made(
                decision.id(),
                receipt.firstSequence(),
                receipt.repeated(),
                ruling,
                ruling == Ruling.ALLOW ? List.of() : List.of("pack/rule: not now"));
        if (ruling == Ruling.DENY) {
            outcome(made, origin, "denied: " + made.why(), false);
        }
        return made;
    }

    @Override
    public Ruling judge(DecisionRecorded decision, DecisionOrigin origin) {
        return ruling;
    }

    @Override
    public void outcome(Made made, DecisionOrigin origin, String outcome, boolean success) {
        append(DecisionOutcome.TYPE, origin, new DecisionOutcome(made.id(), outcome, success), made.id() + "/outcome");
    }

    @Override
    public List<Pending> pending() {
        return List.of();
    }

    @Override
    public Pending approve(String id, String actor, String reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Pending reject(String id, String actor, String reason) {
        throw new UnsupportedOperationException();
    }
}
