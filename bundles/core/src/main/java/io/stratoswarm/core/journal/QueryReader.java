package io.stratoswarm.core.journal;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;
import org.lmdbjava.Txn;

/**
 * Answers queries. Few matches in a segment are found by following the chains of the index backwards; many by reading the
 * index in sequence, 16 bytes an event.
 */
final class QueryReader {
    private static final int FEW = 16_384;
    private static final int STEPS = 32_768;

    private final Segments segments;
    private final EventReader events;

    QueryReader(Segments segments, EventReader events) {
        this.segments = segments;
        this.events = events;
    }

    /** Names of one kind that match in one segment: id to place of the newest event, and how many events they have. */
    private record Matches(Map<Integer, Integer> lastById, long count) {}

    List<Event> read(EventQuery query, long size) {
        long low = query.fromSequence();
        long high = Math.min(size, query.toSequence());
        if (query.fromNanos() != Long.MIN_VALUE) {
            long at = firstNotBefore(query.fromNanos(), high);
            // What is kept from before the cut is few, and looked at one by one.
            low = at == segments.cut() ? low : Math.max(low, at);
        }
        if (query.toNanos() != Long.MAX_VALUE) {
            high = Math.min(high, firstNotBefore(query.toNanos(), high));
        }
        List<Long> firsts = new ArrayList<>(segments.firsts());
        if (query.descending()) {
            Collections.reverse(firsts);
        }
        List<Event> found = new ArrayList<>();
        for (long first : firsts) {
            long from = Math.max(low, first);
            long to = Math.min(high, segments.next(first).orElse(Long.MAX_VALUE));
            if (from < to && found.size() < query.limit()) {
                segment(query, first, from, to, query.limit() - found.size(), found);
            }
        }
        return found;
    }

    private void segment(EventQuery query, long first, long from, long to, int limit, List<Event> found) {
        if (segments.isPruned(first)) {
            remnant(query, segments.of(first), from, to, limit, found);
            return;
        }
        if (query.subject().isEmpty() && query.type().isEmpty()) {
            plain(query.descending(), from, to, limit, found);
            return;
        }
        Segment segment = segments.of(first);
        Matches subjects = matches(segment, Names.SUBJECT, query.subject());
        Matches types = matches(segment, Names.TYPE, query.type());
        if (subjects != null && subjects.count == 0 || types != null && types.count == 0) {
            return;
        }
        boolean bySubject = types == null || subjects != null && subjects.count <= types.count;
        Matches smaller = java.util.Objects.requireNonNull(bySubject ? subjects : types);
        List<Long> sequences = smaller.count <= FEW
                ? chains(segment, smaller, bySubject, bySubject ? types : subjects, from, to)
                : scan(segment, subjects, types, from, to, query.descending(), limit);
        if (query.descending()) {
            Collections.reverse(sequences);
        }
        found.addAll(events.fetch(sequences.subList(0, Math.min(limit, sequences.size()))));
    }

    /** What is kept of a pruned segment: few events, whose times no search has narrowed. */
    private void remnant(EventQuery query, Segment segment, long from, long to, int limit, List<Event> found) {
        Matches subjects = matches(segment, Names.SUBJECT, query.subject());
        Matches types = matches(segment, Names.TYPE, query.type());
        List<Event> kept =
                events.fetch(scan(segment, subjects, types, from, to, query.descending(), Integer.MAX_VALUE));
        kept.removeIf(event -> event.timeNanos() < query.fromNanos() || event.timeNanos() >= query.toNanos());
        if (query.descending()) {
            Collections.reverse(kept);
        }
        found.addAll(kept.subList(0, Math.min(limit, kept.size())));
    }

    private void plain(boolean descending, long from, long to, int limit, List<Event> found) {
        long start = descending ? Math.max(from, to - limit) : from;
        long end = descending ? to : Math.min(to, from + limit);
        List<Event> all = new ArrayList<>();
        for (long at = start; at < end; ) {
            List<Event> chunk = events.chunk(at, end, Integer.MAX_VALUE);
            all.addAll(chunk);
            at += chunk.size();
        }
        if (descending) {
            Collections.reverse(all);
        }
        found.addAll(all);
    }

    private static @Nullable Matches matches(Segment segment, byte kind, Optional<String> pattern) {
        if (pattern.isEmpty()) {
            return null;
        }
        boolean prefix = pattern.get().endsWith("*");
        String text = prefix ? pattern.get().substring(0, pattern.get().length() - 1) : pattern.get();
        if (text.getBytes(StandardCharsets.UTF_8).length > Names.MAX_BYTES) {
            return new Matches(Map.of(), 0);
        }
        ByteBuffer start = Bytes.direct(Names.key(kind, text));
        return segment.read(txn -> {
            Map<Integer, Integer> lastById = new HashMap<>();
            long count = 0;
            try (Cursor<ByteBuffer> cursor = segment.names.openCursor(txn)) {
                boolean more = cursor.get(start.duplicate(), GetOp.MDB_SET_RANGE);
                for (; more && startsWith(cursor.key(), start, prefix); more = cursor.next()) {
                    Names.Entry entry = Names.Entry.read(cursor.val());
                    if (entry.count > 0) {
                        lastById.put(entry.id, entry.last);
                        count += entry.count;
                    }
                }
            }
            return new Matches(lastById, count);
        });
    }

    private static boolean startsWith(ByteBuffer key, ByteBuffer start, boolean prefix) {
        int length = start.capacity();
        return (prefix ? key.remaining() >= length : key.remaining() == length)
                && key.slice(0, length).equals(start.duplicate().clear());
    }

    /** Follows the chain of each name back to {@code from}; ascending. */
    private List<Long> chains(
            Segment segment, Matches names, boolean bySubject, @Nullable Matches other, long from, long to) {
        List<Long> found = new ArrayList<>();
        for (int last : names.lastById.values()) {
            int[] place = {last};
            while (place[0] != 0 && segment.first + place[0] - 1 >= from) {
                segment.read(txn -> {
                    follow(segment, txn, place, bySubject, other, from, to, found);
                    return true;
                });
            }
        }
        Collections.sort(found);
        return found;
    }

    private void follow(
            Segment segment,
            Txn<ByteBuffer> txn,
            int[] place,
            boolean bySubject,
            @Nullable Matches other,
            long from,
            long to,
            List<Long> found) {
        ByteBuffer key = ByteBuffer.allocateDirect(8);
        for (int step = 0; step < STEPS && place[0] != 0; step++) {
            long sequence = segment.first + place[0] - 1;
            if (sequence < from) {
                return;
            }
            ByteBuffer stored =
                    segment.index.get(txn, key.clear().putLong(sequence).flip());
            if (stored == null) {
                throw Damage.index(sequence);
            }
            IndexEntry entry = IndexEntry.read(stored);
            int otherId = bySubject ? entry.type() : entry.subject();
            if (sequence < to && (other == null || other.lastById.containsKey(otherId))) {
                found.add(sequence);
            }
            int previous = bySubject ? entry.previousOfSubject() : entry.previousOfType();
            if (previous >= place[0] || previous < 0) {
                throw Damage.index(sequence);
            }
            place[0] = previous;
        }
    }

    /** Reads the index in sequence, from the end where the newest are wanted; ascending. */
    private static List<Long> scan(
            Segment segment,
            @Nullable Matches subjects,
            @Nullable Matches types,
            long from,
            long to,
            boolean descending,
            int limit) {
        List<Long> found = new ArrayList<>();
        long[] at = {descending ? to - 1 : from};
        boolean[] more = {true};
        while (more[0] && found.size() < limit) {
            more[0] = segment.read(txn -> {
                try (Cursor<ByteBuffer> cursor = segment.index.openCursor(txn)) {
                    if (!cursor.get(Bytes.direct(at[0]), GetOp.MDB_SET_RANGE) && !(descending && cursor.last())) {
                        return false;
                    }
                    for (int step = 0; step < STEPS; step++) {
                        long sequence = cursor.key().getLong(0);
                        if (sequence < from || !descending && sequence >= to) {
                            return false;
                        }
                        IndexEntry entry = IndexEntry.read(cursor.val());
                        if (sequence < to
                                && (subjects == null || subjects.lastById.containsKey(entry.subject()))
                                && (types == null || types.lastById.containsKey(entry.type()))) {
                            found.add(sequence);
                        }
                        at[0] = descending ? sequence - 1 : sequence + 1;
                        if (found.size() >= limit || !(descending ? cursor.prev() : cursor.next())) {
                            return false;
                        }
                    }
                    return true;
                }
            });
        }
        if (descending) {
            Collections.reverse(found);
        }
        return found;
    }

    /** Time never decreases, so a binary search finds the first event that is not before it. */
    long firstNotBefore(long nanos, long high) {
        long low = Math.min(segments.cut(), high);
        long end = high;
        byte[] none = null;
        if (!segments.isEmpty() && high > 0) {
            Segment newest = segments.newest();
            for (long first : segments.firsts()) {
                byte[] start = first == 0 ? none : newest.meta(String.format("%s%018d", SegmentFactory.START, first));
                if (start != null && first < end && first >= low) {
                    if (Bytes.asLong(start) < nanos) {
                        low = Math.max(low, first);
                    } else {
                        end = Math.min(end, first);
                    }
                }
            }
        }
        while (low < end) {
            long middle = (low + end) >>> 1;
            if (events.time(middle) < nanos) {
                low = middle + 1;
            } else {
                end = middle;
            }
        }
        return low;
    }
}
