package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Reactor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Begins or gives up a proposal once its decision was approved or rejected. */
final class Answers implements Reactor {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private final ProposalBook book;

    Answers(ProposalBook book) {
        this.book = book;
    }

    @Override
    public String id() {
        return "graphops.reshape.answers";
    }

    @Override
    public void on(Event event) {
        boolean approved = event.type().equals(Decisions.APPROVED);
        if (!event.source().equals(Deciding.SOURCE)
                || !approved && !event.type().equals(Decisions.REJECTED)) {
            return;
        }
        long number = Deciding.number(
                Json.object(event.payloadText()).path("decision").asText());
        try {
            book.told(number, approved, event.actor());
        } catch (StratoswarmException e) {
            if (e.kind() == Kind.UNAVAILABLE || e.kind() == Kind.TIMEOUT) {
                throw e; // It is given again.
            }
            LOG.warn("proposal {} was approved and could not be begun; it waits on: {}", number, e.getMessage());
        }
    }
}
