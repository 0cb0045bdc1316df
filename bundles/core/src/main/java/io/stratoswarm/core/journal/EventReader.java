package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Event;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;

/** Reads events of segments in short transactions. Not safe for use by several threads. */
final class EventReader {
    private static final int CHUNK_EVENTS = 1024;
    private static final int CHUNK_BYTES = 2 << 20;

    private final Segments segments;
    private final Texts texts = new Texts();
    private final ByteBuffer key = ByteBuffer.allocateDirect(8);

    EventReader(Segments segments) {
        this.segments = segments;
    }

    /** Up to {@code limit} events from this sequence on, at most those of one segment; none at or beyond {@code end}. */
    List<Event> chunk(long from, long end, int limit) {
        Segment segment = segments.of(from);
        Optional<Long> next = segments.next(from);
        long until = Math.min(end, next.orElse(Long.MAX_VALUE));
        int most = (int) Math.min(Math.min(limit, CHUNK_EVENTS), until - from);
        return segment.read(txn -> {
            List<Event> events = new ArrayList<>(most);
            long bytes = 0;
            try (Cursor<ByteBuffer> cursor = segment.events.openCursor(txn)) {
                boolean more = cursor.get(key.clear().putLong(from).flip(), GetOp.MDB_SET_KEY);
                for (long sequence = from; events.size() < most && bytes < CHUNK_BYTES; sequence++) {
                    if (!more || cursor.key().getLong(0) != sequence) {
                        throw missing(segment, sequence);
                    }
                    ByteBuffer frame = cursor.val();
                    bytes += frame.remaining();
                    events.add(decode(frame, sequence));
                    more = events.size() < most && cursor.next();
                }
            }
            return events;
        });
    }

    /** The events of these sequences, in the order given. */
    List<Event> fetch(List<Long> sequences) {
        List<Event> events = new ArrayList<>(sequences.size());
        int at = 0;
        while (at < sequences.size()) {
            Segment segment = segments.of(sequences.get(at));
            int start = at;
            at = segment.read(txn -> {
                int i = start;
                long bytes = 0;
                for (; i < sequences.size() && i - start < CHUNK_EVENTS && bytes < CHUNK_BYTES; i++) {
                    long sequence = sequences.get(i);
                    if (sequence < segment.first || segments.next(segment.first).orElse(Long.MAX_VALUE) <= sequence) {
                        break;
                    }
                    ByteBuffer frame = segment.events.get(
                            txn, key.clear().putLong(sequence).flip());
                    if (frame == null) {
                        throw missing(segment, sequence);
                    }
                    bytes += frame.remaining();
                    events.add(decode(frame, sequence));
                }
                return i;
            });
        }
        return events;
    }

    /** The time of one event. */
    long time(long sequence) {
        return fetch(List.of(sequence)).getFirst().timeNanos();
    }

    private Event decode(ByteBuffer frame, long sequence) {
        frame.order(ByteOrder.BIG_ENDIAN);
        if (!Frame.intact(frame, sequence)) {
            throw new StratoswarmException(
                    Kind.DAMAGED,
                    "event " + sequence + " is damaged; stop the daemon and run: stratoswarm journal salvage");
        }
        if (Frame.isLost(frame)) {
            throw new StratoswarmException(
                    Kind.DAMAGED, "event " + sequence + " was lost to earlier damage; only its hash is known");
        }
        try {
            Event event = Leaf.decode(
                    frame.slice(frame.position() + Frame.HEADER_BYTES, frame.remaining() - Frame.HEADER_BYTES), texts);
            if (event.sequence() != sequence) {
                throw missing(sequence);
            }
            return event;
        } catch (java.nio.BufferUnderflowException e) {
            throw new StratoswarmException(Kind.DAMAGED, "event " + sequence + " ends too early; it is damaged", e);
        }
    }

    private StratoswarmException missing(Segment segment, long sequence) {
        return segment.pruned ? Damage.pruned(sequence, segments.cut()) : missing(sequence);
    }

    private static StratoswarmException missing(long sequence) {
        return new StratoswarmException(
                Kind.DAMAGED,
                "event " + sequence + " is missing; stop the daemon and run: stratoswarm journal salvage");
    }
}
