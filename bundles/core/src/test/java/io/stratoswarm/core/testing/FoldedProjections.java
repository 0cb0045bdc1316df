package io.stratoswarm.core.testing;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Projections;
import java.util.List;

/** One projection, folded anew each time it is asked for. */
public final class FoldedProjections implements Projections {
    private final Journal journal;
    private final Projection<?> projection;

    public FoldedProjections(Journal journal, Projection<?> projection) {
        this.journal = journal;
        this.projection = projection;
    }

    @Override
    public List<Status> list() {
        return List.of();
    }

    @Override
    public byte[] state(String id) {
        return refold(id, journal.size());
    }

    @Override
    public byte[] refold(String id, long events) {
        if (!id.equals(projection.id())) {
            throw new IllegalArgumentException(id);
        }
        return fold(projection, events);
    }

    private <S> byte[] fold(Projection<S> of, long events) {
        S state = of.initial();
        for (Event event : journal.read(EventQuery.all().to(events).limit(EventQuery.MAX_LIMIT))) {
            state = of.apply(state, event);
        }
        return of.encode(state);
    }

    @Override
    public void snapshot() {}
}
