package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Events and the state of agents as server-sent events (the HTML standard, section 9.2). The id of an event is its sequence in
 * the journal, so a client that was cut off goes on where it was.
 */
final class StreamRoutes {
    private static final int RETRY_MILLIS = 2_000;

    private final Services services;
    private final AgentWatch watch;
    private final long heartbeatMillis;

    StreamRoutes(Services services, long heartbeatMillis) {
        this.services = services;
        this.watch = new AgentWatch(services);
        this.heartbeatMillis = heartbeatMillis;
    }

    void add(Routes routes) {
        routes.describedBy("stream").on("GET", "stream", Role.VIEWER, this::stream);
    }

    private Reply stream(Request request) {
        request.only("from", "type", "subject", "events", "agents");
        Journal journal = Services.need(services.journal(), "journal");
        EventQuery query = EventQuery.all();
        if (request.text("subject").isPresent()) {
            query = query.subject(request.need("subject"));
        }
        if (request.text("type").isPresent()) {
            query = query.type(request.need("type"));
        }
        long size = journal.size();
        long from = begin(request, size);
        if (from > size) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "the journal ends before event " + from + ": it has " + size
                            + " events, so this is another journal than before, or a restored one; begin anew");
        }
        boolean events = request.text("events").isEmpty() || request.flag("events");
        boolean agents = request.text("agents").isEmpty() || request.flag("agents");
        if (!events && !agents) {
            throw Request.invalid("'events' and 'agents' are both false, so there is nothing to stream");
        }
        EventQuery wanted = query;
        return new Reply.Lines(Reply.EVENTS, sink -> new Live(journal, wanted, from, sink).run(events, agents));
    }

    /** A browser that comes back says what it saw last. */
    private static long begin(Request request, long size) {
        Optional<String> last = request.header("Last-Event-ID").filter(it -> !it.isBlank());
        if (last.isEmpty()) {
            return request.number("from", size, 0, Long.MAX_VALUE);
        }
        try {
            long sequence = Long.parseLong(last.get().strip());
            if (sequence >= 0 && sequence < Long.MAX_VALUE) {
                return sequence + 1;
            }
        } catch (NumberFormatException e) {
            // Told below together with what is out of range.
        }
        throw Request.invalid("'Last-Event-ID' must be the sequence of an event, not '" + Gate.shown(last.get()) + "'");
    }

    /** One stream. Its two writers, the journal's thread and the request's own, take turns. */
    private final class Live {
        private final Journal journal;
        private final EventQuery query;
        private final long from;
        private final LineSink sink;
        private final ReentrantLock turn = new ReentrantLock();
        private long seen;
        private long told;

        Live(Journal journal, EventQuery query, long from, LineSink sink) {
            this.journal = journal;
            this.query = query;
            this.from = from;
            this.sink = sink;
            this.seen = from - 1;
            this.told = from - 1;
        }

        void run(boolean events, boolean agents) throws Exception {
            sink.open();
            sink.write(bytes("retry: " + RETRY_MILLIS + "\n\n"));
            try (AgentWatch.Watcher watcher = agents ? watch.join() : null;
                    Journal.Subscription live = events ? journal.follow(from, this::event) : null) {
                while (!sink.isClosed() && services.journal().orElse(null) == journal) {
                    if (watcher == null) {
                        sink.awaitClosed(heartbeatMillis);
                    } else if (!agents(watcher)) {
                        return;
                    }
                    if (!sink.isClosed()) {
                        heartbeat();
                    }
                }
            }
        }

        /** False where the state cannot be watched any more; the client comes back for it. */
        private boolean agents(AgentWatch.Watcher watcher) throws InterruptedException {
            Optional<ObjectNode> news = watcher.poll(heartbeatMillis);
            while (news.isPresent() && !sink.isClosed()) {
                sink.write(message("agents", "", news.get()));
                news = watcher.poll(heartbeatMillis);
            }
            return !watcher.ended();
        }

        private void event(Event event) {
            turn.lock();
            try {
                if (JournalRoutes.matches(query, event)) {
                    if (!sink.write(message("", String.valueOf(event.sequence()), Shapes.event(event)))) {
                        return;
                    }
                    told = event.sequence();
                }
                seen = event.sequence();
            } finally {
                turn.unlock();
            }
        }

        /** Keeps the connection known to be alive, and tells how far a filtered stream has come. */
        private void heartbeat() {
            turn.lock();
            try {
                if (seen > told) {
                    sink.write(bytes("id: " + seen + "\n\n"));
                    told = seen;
                } else {
                    sink.write(bytes(": alive\n\n"));
                }
            } finally {
                turn.unlock();
            }
        }
    }

    private static byte[] message(String event, String id, @Nullable JsonNode data) {
        return bytes((id.isEmpty() ? "" : "id: " + id + "\n")
                + (event.isEmpty() ? "" : "event: " + event + "\n")
                + "data: " + data + "\n\n");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
