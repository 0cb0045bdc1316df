package io.stratoswarm.audit.export;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.InclusionProof;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.log.EventExports;
import io.stratoswarm.api.log.EventFormat;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Reads events and hands them to a format, a bounded number at a time. */
public final class Exporter implements EventExports {
    private static final int CHUNK = 1_000;

    private final Journal journal;
    private final Supplier<Collection<EventFormat>> formats;
    private final LongSupplier signed;

    /**
     * @param formats those that there are now
     * @param signed signs the tree and gives its size; proofs are in this tree
     */
    public Exporter(Journal journal, Supplier<Collection<EventFormat>> formats, LongSupplier signed) {
        this.journal = journal;
        this.formats = formats;
        this.signed = signed;
    }

    @Override
    public List<String> formats() {
        return formats.get().stream().map(EventFormat::name).sorted().toList();
    }

    private EventFormat format(String name) {
        return formats.get().stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new StratoswarmException(
                        Kind.INVALID, "there is no format '" + name + "'; known are " + String.join(", ", formats())));
    }

    @Override
    public String mediaType(String format) {
        return format(format).mediaType();
    }

    @Override
    public void export(String format, EventQuery query, boolean proofs, EventFormat.Lines out) throws IOException {
        // The end is fixed now, so that a format which reads twice sees the same events.
        long size = proofs ? signed.getAsLong() : journal.size();
        long end = Math.min(query.toSequence(), size);
        format(format).write(visitor -> each(query, end, proofs ? size : 0, visitor), out);
    }

    private void each(EventQuery query, long end, long treeSize, EventFormat.Visitor visitor) throws IOException {
        EventQuery ascending = new EventQuery(
                query.fromSequence(),
                end,
                query.subject(),
                query.type(),
                query.fromNanos(),
                query.toNanos(),
                CHUNK,
                false);
        long from = query.fromSequence();
        while (from < end) {
            List<Event> chunk = journal.read(ascending.from(from));
            for (Event event : chunk) {
                Optional<InclusionProof> proof = treeSize > 0
                        ? Optional.of(journal.proveInclusion(event.sequence(), treeSize))
                        : Optional.empty();
                visitor.event(event, proof);
            }
            if (chunk.size() < CHUNK) {
                return;
            }
            from = chunk.getLast().sequence() + 1;
        }
    }
}
