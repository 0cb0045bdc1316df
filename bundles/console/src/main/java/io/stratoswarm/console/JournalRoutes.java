package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The journal: events and proofs. */
final class JournalRoutes {
    private static final int MAX_EVENTS = 10_000;

    private final Services services;

    JournalRoutes(Services services) {
        this.services = services;
    }

    void add(Routes routes) {
        routes.describedBy("journal")
                .on("GET", "events", Role.VIEWER, this::events)
                .on("GET", "journal/checkpoint", Role.VIEWER, this::checkpoint)
                .on("GET", "journal/proof", Role.VIEWER, this::proof);
    }

    private Journal journal() {
        return Services.need(services.journal(), "journal");
    }

    private Reply events(Request request) {
        request.only("from", "to", "subject", "type", "since", "until", "limit", "newestFirst", "tail", "follow");
        Journal journal = journal();
        fromCut(request, journal);
        EventQuery query = query(request);
        Optional<String> tail = request.text("tail");
        if (!request.flag("follow")) {
            List<Event> found =
                    tail.isPresent() ? last(journal, query, journal.size(), tail(request)) : journal.read(query);
            ObjectNode answer = Json.object();
            answer.set("events", Json.array(found, Shapes::event));
            return Reply.ok(answer.put("first", journal.first()).put("size", journal.size()));
        }
        boolean fromGiven = request.text("from").isPresent();
        return new Reply.Lines(sink -> follow(journal, query, fromGiven ? -1 : tail(request), sink));
    }

    private static int tail(Request request) {
        return (int) request.number("tail", 0, 0, MAX_EVENTS);
    }

    /** The last events that match before a sequence, oldest first. */
    private static List<Event> last(Journal journal, EventQuery query, long size, int count) {
        if (count == 0) {
            return List.of();
        }
        List<Event> found = new ArrayList<>(journal.read(
                query.to(Math.min(query.toSequence(), size)).limit(count).newestFirst()));
        Collections.reverse(found);
        return found;
    }

    /** @param tail how many events before now; -1 to begin where the query says */
    private static void follow(Journal journal, EventQuery query, int tail, LineSink sink) throws Exception {
        long begin = query.fromSequence();
        if (tail >= 0) {
            begin = journal.size();
            for (Event event : last(journal, query, begin, tail)) {
                if (!sink.write(Shapes.event(event))) {
                    return;
                }
            }
        }
        sink.open();
        try (Journal.Subscription live = journal.follow(begin, event -> {
            if (matches(query, event)) {
                sink.write(Shapes.event(event));
            }
        })) {
            sink.awaitClosed();
        } finally {
            sink.close();
        }
    }

    static boolean matches(EventQuery query, Event event) {
        return event.sequence() < query.toSequence()
                && event.timeNanos() >= query.fromNanos()
                && event.timeNanos() < query.toNanos()
                && query.subject()
                        .map(pattern -> matches(pattern, event.subject()))
                        .orElse(true)
                && query.type().map(pattern -> matches(pattern, event.type())).orElse(true);
    }

    private static boolean matches(String pattern, String text) {
        return pattern.endsWith("*")
                ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                : text.equals(pattern);
    }

    /** Whoever asks for all events from one on must be told where they are not there any more. */
    static void fromCut(Request request, Journal journal) {
        if (request.text("from").isPresent()
                && (request.flag("follow")
                        || request.text("type").isEmpty()
                                && request.text("subject").isEmpty())) {
            long from = request.number("from", 0, 0, Long.MAX_VALUE);
            if (from < journal.first()) {
                throw new StratoswarmException(
                        Kind.GONE,
                        "the events before " + journal.first() + " were pruned, so none can be shown from " + from
                                + " on; 'stratoswarm journal status' names archives where there are some");
            }
        }
    }

    static EventQuery query(Request request) {
        EventQuery query = EventQuery.all()
                .from(request.number("from", 0, 0, Long.MAX_VALUE))
                .to(request.number("to", Long.MAX_VALUE, 0, Long.MAX_VALUE))
                .limit((int) request.number("limit", 1_000, 1, MAX_EVENTS))
                .between(time(request, "since", Long.MIN_VALUE), time(request, "until", Long.MAX_VALUE));
        if (request.text("subject").isPresent()) {
            query = query.subject(request.need("subject"));
        }
        if (request.text("type").isPresent()) {
            query = query.type(request.need("type"));
        }
        return request.flag("newestFirst") ? query.newestFirst() : query;
    }

    static long time(Request request, String name, long fallback) {
        return time(name, request.text(name).orElse(""), fallback);
    }

    /** @param text the fallback where it is empty */
    static long time(String name, String text, long fallback) {
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            Instant time = Instant.parse(text);
            return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
        } catch (DateTimeParseException | ArithmeticException e) {
            throw Request.invalid("'" + name + "' must be a time such as 2026-01-31T12:00:00Z, not '" + text + "'");
        }
    }

    private Reply checkpoint(Request request) {
        request.only();
        return Reply.ok(Shapes.checkpoint(journal().checkpoint()));
    }

    /** Inclusion of one event, or consistency of two sizes. */
    private Reply proof(Request request) {
        request.only("sequence", "size", "from", "to");
        Journal journal = journal();
        Checkpoint now = journal.checkpoint();
        if (request.text("sequence").isPresent()) {
            long sequence = request.number("sequence", 0, 0, Long.MAX_VALUE);
            return Reply.ok(Shapes.proof(
                    journal.proveInclusion(sequence, request.number("size", now.size(), 1, Long.MAX_VALUE))));
        }
        if (request.text("from").isEmpty()) {
            throw Request.invalid("name 'sequence' for a proof of inclusion, or 'from' for one of consistency");
        }
        long from = request.number("from", 0, 0, Long.MAX_VALUE);
        return Reply.ok(
                Shapes.proof(journal.proveConsistency(from, request.number("to", now.size(), 0, Long.MAX_VALUE))));
    }
}
