package io.stratoswarm.graphops.flow;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What several strands read from one channel. A byte leaves it when all of them have copied it. How far each is is what ever came
 * into its store, so there is nothing to agree on after a crash.
 */
final class Trunk implements AutoCloseable {
    /** Words of its state. */
    static final int WORDS = 8;

    private static final long MOST_BYTES = 1 << 20;

    private final Source source;
    private final Store store;
    private final Map<String, Reader> readers = new LinkedHashMap<>();
    /** Strands that will read from here and are not open yet: nothing goes before they have it. */
    private final Set<String> expected = new HashSet<>();

    Trunk(Source source, Store store) {
        this.source = source;
        this.store = store;
        store.recover();
        store.commit(); // What a crash left must not be taken together with the next operation.
    }

    /**
     * What a strand takes from; it begins with what comes next where it was not connected before. The trunk waits for it until it is
     * removed, also while its strand is closed.
     *
     * @param name of the strand; a later reader of the same name takes its place
     */
    Feed reader(String name, Cells cells, Runnable more) {
        Reader reader = new Reader(cells, more);
        readers.put(name, reader);
        expected.remove(name);
        return reader;
    }

    /** Says which strands read from here, or will. */
    void expect(Set<String> names) {
        expected.clear();
        expected.addAll(names);
        expected.removeAll(readers.keySet());
        discard();
    }

    void remove(String name) {
        if (readers.remove(name) != null) {
            discard();
        }
    }

    boolean isEmpty() {
        return store.waiting() == 0;
    }

    long waiting() {
        return store.waiting();
    }

    private void discard() {
        if (!expected.isEmpty()) {
            return;
        }
        long least = Long.MAX_VALUE;
        for (Reader reader : readers.values()) {
            least = Math.min(least, reader.place());
        }
        long all = readers.isEmpty() ? 0 : Math.min(least - store.left(), store.waiting());
        if (all > 0) {
            store.discard(all);
            store.commit();
            readers.values().forEach(it -> it.more.run());
        }
    }

    @Override
    public void close() {
        store.close();
    }

    private final class Reader implements Feed {
        private final Cells cells;
        private final Runnable more;

        Reader(Cells cells, Runnable more) {
            this.cells = cells;
            this.more = more;
            if (cells.get(Words.TRUNK) == 0) {
                cells.set(Words.TRUNK, 1);
                cells.set(Words.TRUNK_BASE, store.left() - cells.get(Words.IN));
                cells.commit();
            }
        }

        /** Which byte of the trunk comes next to it. */
        private long place() {
            return cells.get(Words.IN) + cells.get(Words.TRUNK_BASE);
        }

        @Override
        public long fill(Store into, long most) {
            if (place() > store.left()) {
                discard(); // A crash may have come after the last of them had copied it.
            }
            if (store.waiting() == 0 && store.take(source.pipe(), MOST_BYTES) > 0) {
                more.run(); // Nobody else tells the others, since the channel may be empty now.
            }
            if (place() > store.left() || store.waiting() == 0) {
                return 0; // It has what is at the front, and the others have not.
            }
            // It must not get past one that is ahead in the middle of what is at the front: a copy begins at the front.
            long until = store.left() + store.waiting();
            for (Reader reader : readers.values()) {
                if (reader.place() > store.left()) {
                    until = Math.min(until, reader.place());
                }
            }
            long copied = into.copyFrom(store.pipe(), Math.min(most, until - store.left()));
            if (copied > 0) {
                discard();
            }
            return copied;
        }

        @Override
        public boolean waiting() {
            return store.waiting() > 0 ? place() <= store.left() : source.waiting();
        }

        @Override
        public boolean more() {
            return place() < store.left() + store.waiting() || source.waiting() || behind();
        }

        @Override
        public boolean behind() {
            return source.behind();
        }

        @Override
        public boolean there() {
            return source.there();
        }
    }
}
