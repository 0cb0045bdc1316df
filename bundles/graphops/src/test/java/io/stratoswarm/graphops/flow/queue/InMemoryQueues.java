package io.stratoswarm.graphops.flow.queue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.store.QueueStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Queues that outlive whoever uses them, as durable ones outlive a daemon. */
public final class InMemoryQueues implements QueueStore {
    private final Map<String, Queue> queues = new ConcurrentHashMap<>();

    /** While it is set, every change fails as on a full disk. */
    public volatile boolean full;

    @Override
    public Queue open(String name, long maxBytes) {
        return queues.computeIfAbsent(name, any -> new Entries());
    }

    @Override
    public void delete(String name) {
        queues.remove(name);
    }

    @Override
    public void write(List<Change> changes) {
        check();
        for (Change each : changes) {
            each.queue().acknowledge(each.beforePosition());
            each.queue().append(each.append());
        }
    }

    private void check() {
        if (full) {
            throw new StratoswarmException(Kind.FULL, "no space is left");
        }
    }

    private final class Entries implements Queue {
        private final TreeMap<Long, byte[]> records = new TreeMap<>();
        private long tail;

        @Override
        public synchronized long append(List<byte[]> added) {
            check();
            long first = tail;
            added.forEach(each -> records.put(tail++, each.clone()));
            return first;
        }

        @Override
        public synchronized List<Entry> read(long fromPosition, int limit) {
            List<Entry> found = new ArrayList<>();
            records.tailMap(fromPosition).entrySet().stream()
                    .limit(limit)
                    .forEach(each -> found.add(new Entry(each.getKey(), each.getValue())));
            return found;
        }

        @Override
        public synchronized void acknowledge(long beforePosition) {
            records.headMap(beforePosition).clear();
        }

        @Override
        public synchronized long head() {
            return records.isEmpty() ? tail : records.firstKey();
        }

        @Override
        public synchronized long tail() {
            return tail;
        }

        @Override
        public synchronized long bytes() {
            return records.values().stream().mapToLong(it -> it.length).sum();
        }
    }
}
