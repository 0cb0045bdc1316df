package io.stratoswarm.audit.replay;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Runs of events of any length, read in pieces. */
public final class EventRun {
    private static final int AT_ONCE = 1_000;

    private final Journal journal;

    public EventRun(Journal journal) {
        this.journal = journal;
    }

    /** The events from a sequence on, before another. */
    public Iterator<Event> between(long from, long to) {
        return new Iterator<>() {
            private long next = from;
            private Iterator<Event> piece = Collections.emptyIterator();

            @Override
            public boolean hasNext() {
                return next < to;
            }

            @Override
            public Event next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                if (!piece.hasNext()) {
                    piece = piece(next, to).iterator();
                }
                Event event = piece.next();
                next = event.sequence() + 1;
                return event;
            }
        };
    }

    private List<Event> piece(long from, long to) {
        List<Event> events = journal.read(EventQuery.all().from(from).to(to).limit(AT_ONCE));
        if (events.isEmpty()) {
            throw new StratoswarmException(
                    Kind.DAMAGED,
                    "the journal gives no event from " + from + " on though it has " + journal.size()
                            + "; run: stratoswarm journal verify");
        }
        return events;
    }
}
