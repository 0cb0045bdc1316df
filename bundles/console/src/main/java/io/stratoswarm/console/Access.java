package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What the routes of tokens and sessions work with. */
final class Access {
    private final Services services;
    private final Waiting waiting;
    private final Surroundings surroundings;
    private final Tokens tokens;
    private final Sessions sessions;
    private final Gate gate;
    private final AuditTrail trail;
    private Supplier<List<String>> urls = List::of;
    private Consumer<Predicate<Caller>> streams = of -> {};

    Access(Services services, Waiting waiting, Surroundings surroundings, Tokens tokens, ConsoleConfig config) {
        this.services = services;
        this.waiting = waiting;
        this.surroundings = surroundings;
        this.tokens = tokens;
        this.sessions = new Sessions(surroundings);
        this.gate = new Gate(tokens, sessions, surroundings, config);
        this.trail = new AuditTrail(services::journal, surroundings, config);
    }

    /** Tells what exists only once the server does. */
    void serving(Supplier<List<String>> listening, Consumer<Predicate<Caller>> ending) {
        urls = listening;
        streams = ending;
    }

    Tokens tokens() {
        return tokens;
    }

    Sessions sessions() {
        return sessions;
    }

    Gate gate() {
        return gate;
    }

    AuditTrail trail() {
        return trail;
    }

    /** Where the page can be reached. */
    List<String> urls() {
        return urls.get();
    }

    long nowMillis() {
        return surroundings.clock().millis();
    }

    /** Ends streams of callers whose token or session is over. */
    void endStreams() {
        streams.accept(caller -> !caller.credential().isEmpty()
                        && tokens.valid(caller.credential()).isEmpty()
                || caller.expiresMillis().isPresent() && (caller.expiresMillis().getAsLong() <= nowMillis()));
    }

    /** Ends the streams of all sessions and tokens that end by themselves; their next request tells whether they still may. */
    void endSessionStreams() {
        streams.accept(caller -> caller.expiresMillis().isPresent());
    }

    /** Returns once the event of a change is durable; the change itself comes after. */
    void changed(String type, String subject, String actor, ObjectNode payload) throws InterruptedException {
        waiting.on(Services.need(services.journal(), "journal")
                .append(Append.of(EventDraft.json(type, "console", subject, actor, List.of(), payload.toString()))));
    }
}
