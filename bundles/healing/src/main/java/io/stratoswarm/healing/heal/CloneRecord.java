package io.stratoswarm.healing.heal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.healing.Healing.CloneTrial;
import io.stratoswarm.api.healing.Healing.Tried;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.healing.trial.Trials;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** Writes the events of trials on clones, and reads them back. */
final class CloneRecord {
    /** A trial begins: {@code agent, class, fault, by}. */
    static final String BEGAN = "HealingCloneBegan";

    private static final String SUBJECT = "clone/";
    private static final int MOST = 50;

    private final Journal journal;
    private final Ledger ledger;

    CloneRecord(Journal journal, Ledger ledger) {
        this.journal = journal;
        this.ledger = ledger;
    }

    /** @return it, with the number that it has from now on */
    CloneTrial begun(Clone clone, String actor) {
        long number = ledger.told(
                BEGAN,
                SUBJECT + clone.agent(),
                List.of(),
                Payload.object()
                        .put("agent", clone.agent())
                        .put("class", clone.label())
                        .put("fault", clone.made())
                        .put("by", actor));
        return told(journal.get(number).orElseThrow(), Optional.empty());
    }

    void ended(CloneTrial trial, List<Tried> tried, String why) {
        ObjectNode payload = Payload.object()
                .put("trial", trial.number())
                .put("clone", true)
                .put("agent", trial.agent())
                .put("class", trial.label())
                .put("fault", trial.fault())
                .put("why", why);
        for (Tried each : tried) {
            ObjectNode way = payload.withArray("tried")
                    .addObject()
                    .put("way", each.way())
                    .put("hash", each.hash())
                    .put("act", each.act())
                    .put("why", each.why());
            each.reward().ifPresent(reward -> way.put("reward", Healer.rounded(reward)));
        }
        ledger.told(
                Trials.CLONED,
                SUBJECT + trial.agent(),
                List.of(new Cause.OfEvent(journal.id(), trial.number())),
                payload);
    }

    /** Whether a trial began with the event of this number. */
    boolean began(long number) {
        return journal.get(number).filter(event -> event.type().equals(BEGAN)).isPresent();
    }

    /** The newest ones first. */
    List<CloneTrial> of(Optional<String> label) {
        Map<Long, Event> ends = new HashMap<>();
        newest(Trials.CLONED)
                .forEach(event -> ends.put(Payload.of(event).path("trial").asLong(), event));
        return newest(BEGAN).stream()
                .filter(event -> label.isEmpty()
                        || Payload.of(event).path("class").asText().equals(label.get()))
                .map(event -> told(event, Optional.ofNullable(ends.get(event.sequence()))))
                .toList();
    }

    private List<Event> newest(String type) {
        return journal.read(
                EventQuery.all().subject(SUBJECT + "*").type(type).newestFirst().limit(MOST));
    }

    private static CloneTrial told(Event began, Optional<Event> end) {
        JsonNode begun = Payload.of(began);
        List<Tried> tried = new ArrayList<>();
        end.ifPresent(event -> Payload.of(event)
                .path("tried")
                .forEach(each -> tried.add(new Tried(
                        each.path("way").asText(),
                        each.path("hash").asText(),
                        each.path("act").asText(),
                        each.has("reward")
                                ? OptionalDouble.of(each.path("reward").asDouble())
                                : OptionalDouble.empty(),
                        each.path("why").asText()))));
        return new CloneTrial(
                began.sequence(),
                begun.path("agent").asText(),
                begun.path("class").asText(),
                begun.path("fault").asText(),
                end.isEmpty(),
                tried,
                end.map(event -> Payload.of(event).path("why").asText()).orElse(""),
                began.timeNanos());
    }
}
