package io.stratoswarm.healing.heal;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.healing.Healing.Case;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.healing.strategy.Learned;
import io.stratoswarm.healing.strategy.LearnedFold;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Cases as others see them, out of the journal: each failure with what it was taken for, what was done, and what that was worth. */
final class Cases {
    private static final int MOST_CASES = 1_000;

    private final Journal journal;
    private final Ledger ledger;

    Cases(Journal journal, Ledger ledger) {
        this.journal = journal;
        this.ledger = ledger;
    }

    static String name(Learned.Known known, String label) {
        return known.name().isEmpty() ? label : known.name();
    }

    /** The newest first. */
    List<Case> list(Optional<String> agent, int limit) {
        List<Case> cases = new ArrayList<>();
        EventQuery query = EventQuery.all()
                .subject(Ledger.SUBJECT + "*")
                .type(LearnedFold.CLASSIFIED)
                .newestFirst()
                .limit(MOST_CASES);
        Learned learned = ledger.learned();
        for (Event event : journal.read(query)) {
            boolean meant = agent.isEmpty()
                    || agent.get().equals(Payload.of(event).path("agent").asText());
            if (meant && cases.size() < limit) {
                cases.add(told(learned, Ledger.number(event.subject())));
            }
        }
        return cases;
    }

    Case get(long number) {
        return told(ledger.learned(), number);
    }

    private Case told(Learned learned, long number) {
        List<Event> events = ledger.events(number);
        Event classified = last(events, LearnedFold.CLASSIFIED)
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND,
                        "there is no case " + number + "; 'stratoswarm heal cases' lists those there are"));
        JsonNode what = Payload.of(classified);
        String label = what.path("class").asText();
        List<String> drivers = new ArrayList<>();
        what.path("drivers").forEach(driver -> drivers.add(driver.asText()));
        State state = state(events);
        return new Case(
                number,
                what.path("agent").asText(),
                label,
                name(learned.of(label), label),
                what.path("known").asBoolean(),
                what.path("confidence").asDouble(),
                drivers,
                state.act(),
                state.word(),
                state.reward(),
                state.why(),
                classified.timeNanos(),
                events);
    }

    private record State(String word, String act, OptionalDouble reward, String why) {}

    private static State state(List<Event> events) {
        Optional<Event> ended = last(events, LearnedFold.ENDED);
        if (ended.isPresent()) {
            JsonNode payload = Payload.of(ended.get());
            return new State(
                    "ended",
                    payload.path("act").asText(),
                    payload.has("reward")
                            ? OptionalDouble.of(payload.path("reward").asDouble())
                            : OptionalDouble.empty(),
                    payload.path("why").asText());
        }
        Optional<Event> kept = last(events, Withheld.TYPE);
        if (kept.isPresent()) {
            JsonNode payload = Payload.of(kept.get());
            return new State(
                    "withheld",
                    payload.path("act").asText(),
                    OptionalDouble.empty(),
                    payload.path("why").asText());
        }
        Optional<Event> started = last(events, LearnedFold.STARTED);
        if (started.isPresent()) {
            return new State(
                    "open", Payload.of(started.get()).path("act").asText(), OptionalDouble.empty(), "it is watched");
        }
        Optional<Event> decided = last(events, DecisionRecorded.TYPE);
        if (decided.isPresent()) {
            String type = Payload.of(decided.get()).path("decisionType").asText();
            boolean rejected = last(events, Decisions.REJECTED).isPresent();
            return new State(
                    rejected ? "withheld" : "waits",
                    type.substring(Math.min(type.length(), Ledger.HEAL.length())),
                    OptionalDouble.empty(),
                    rejected ? "a person rejected it" : "it waits for a person: 'stratoswarm audit approvals'");
        }
        return new State("open", "", OptionalDouble.empty(), "it is being decided");
    }

    private static Optional<Event> last(List<Event> events, String type) {
        return events.stream().filter(event -> event.type().equals(type)).reduce((first, second) -> second);
    }
}
