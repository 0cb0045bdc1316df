package io.stratoswarm.healing.heal;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.healing.pattern.Window.Circumstance;
import io.stratoswarm.healing.strategy.LearnedFold;
import java.util.List;
import java.util.Optional;

/**
 * Knows a failure again that is the same as the agent's last one was. Of one that comes seconds after a start too little was measured to
 * compare, and without this each of them would open a class of its own, so that nothing that was tried would be remembered.
 */
final class Repeats {
    private static final long SOON_NANOS = 600_000_000_000L;
    private static final int MOST = 50;

    private final Journal journal;

    Repeats(Journal journal) {
        this.journal = journal;
    }

    /** The class of the agent's last failure, where that is minutes old at most and ended in the same way, with the same last words. */
    Optional<String> label(Failure failure, Circumstance now) {
        if (failure.alarm()) {
            return Optional.empty();
        }
        return journal
                .read(EventQuery.all()
                        .subject(Ledger.SUBJECT + "*")
                        .type(LearnedFold.CLASSIFIED)
                        .between(failure.event().timeNanos() - SOON_NANOS, Long.MAX_VALUE)
                        .newestFirst()
                        .limit(MOST))
                .stream()
                .filter(event -> Ledger.number(event.subject()) != failure.number())
                .map(Payload::of)
                .filter(payload -> payload.path("agent").asText().equals(failure.agent()))
                .findFirst()
                .filter(last -> same(last.path("view"), failure.event(), now))
                .map(last -> last.path("class").asText());
    }

    private static boolean same(JsonNode last, Event event, Circumstance now) {
        return last.path("trigger").asText().equals(event.type())
                && last.path("exit").asText().equals(now.exit())
                && (now.exit().isEmpty() || words(last.path("log")).equals(words(now.log())));
    }

    private static String words(JsonNode log) {
        return log.isEmpty() ? "" : plain(log.get(log.size() - 1).asText());
    }

    private static String words(List<String> log) {
        return log.isEmpty() ? "" : plain(log.getLast());
    }

    private static String plain(String line) {
        return line.replaceAll("\\d+", "#");
    }
}
