package io.stratoswarm.healing.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.healing.strategy.LearnedFold;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Reads cases that have ended back from the journal. */
public final class PastCases {
    /** Field of {@code FailureClassified} that has what a script would have been given. */
    public static final String VIEW = "view";

    private static final int MOST = 200;
    private static final int LOOKED_THROUGH = 5_000;
    private static final int EVENTS = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Journal journal;

    public PastCases(Journal journal) {
        this.journal = journal;
    }

    /** The newest ones of the classes, oldest first; those without a measured reward, and of a version that kept no views, are left out. */
    List<PastCase> of(Predicate<String> labels) {
        List<PastCase> found = new ArrayList<>();
        for (Event ended : journal.read(
                EventQuery.all().type(LearnedFold.ENDED).newestFirst().limit(LOOKED_THROUGH))) {
            JsonNode payload = payload(ended);
            if (payload.has("reward") && labels.test(payload.path("class").asText())) {
                read(ended, payload).ifPresent(found::add);
            }
            if (found.size() == MOST) {
                break;
            }
        }
        return found.reversed();
    }

    private Optional<PastCase> read(Event ended, JsonNode payload) {
        List<Event> events =
                journal.read(EventQuery.all().subject(ended.subject()).limit(EVENTS));
        JsonNode view = first(events, LearnedFold.CLASSIFIED).path(VIEW);
        JsonNode started = first(events, LearnedFold.STARTED);
        if (!view.isObject() || started.isMissingNode()) {
            return Optional.empty();
        }
        SortedMap<String, Double> options = new TreeMap<>();
        view.path("acts")
                .forEach(act ->
                        options.put(act.path("act").asText(), act.path("prior").asDouble()));
        List<Double> context = new ArrayList<>();
        started.path("context").forEach(value -> context.add(value.asDouble()));
        String act = started.path("act").asText();
        options.putIfAbsent(act, started.path("prior").asDouble());
        return Optional.of(new PastCase(
                payload.path("case").asLong(),
                started.path("class").asText(),
                context,
                options,
                act,
                payload.path("reward").asDouble(),
                view.toString()));
    }

    private static JsonNode first(List<Event> events, String type) {
        return events.stream()
                .filter(event -> event.type().equals(type))
                .findFirst()
                .map(PastCases::payload)
                .orElse(MissingNode.getInstance());
    }

    static JsonNode payload(Event event) {
        try {
            return JSON.readTree(event.payload());
        } catch (IOException e) {
            return MissingNode.getInstance(); // What was erased or is no JSON says nothing.
        }
    }
}
