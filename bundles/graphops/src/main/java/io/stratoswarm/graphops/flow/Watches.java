package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.flow.Poller;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Which pipes the poller looks at. It is told only where that changes. */
final class Watches {
    private final Poller poller;
    private final LongSupplier monotonic;
    private final Map<Pipe, Long> keys = new IdentityHashMap<>();
    private final Map<Long, Collection<Strand>> strands = new HashMap<>();
    private long nextKey = 1;

    Watches(Poller poller, LongSupplier monotonic) {
        this.poller = poller;
        this.monotonic = monotonic;
    }

    /** Strands that may go on because of this key. */
    Collection<Strand> strands(long key) {
        return strands.getOrDefault(key, List.of());
    }

    void source(Source source) {
        if (!source.there()) {
            return;
        }
        boolean watched = keys.containsKey(source.pipe());
        boolean wanted = source.wanted();
        if (wanted && !watched) {
            poller.readable(source.pipe(), key(source.pipe(), source.readers()));
        } else if (!wanted && watched) {
            forget(source.pipe());
        }
    }

    void receiver(Receiver receiver) {
        boolean wanted = receiver.wanted();
        if (wanted != receiver.blocked()) {
            receiver.blocked(wanted, monotonic.getAsLong());
        }
        if (!receiver.there()) {
            return;
        }
        boolean watched = keys.containsKey(receiver.pipe());
        if (wanted && !watched) {
            poller.writable(receiver.pipe(), key(receiver.pipe(), receiver.writers()));
        } else if (!wanted && watched) {
            forget(receiver.pipe());
        }
    }

    void unblock(Receiver receiver) {
        if (receiver.blocked()) {
            receiver.blocked(false, monotonic.getAsLong());
        }
    }

    private long key(Pipe pipe, Collection<Strand> who) {
        long key = nextKey++;
        keys.put(pipe, key);
        strands.put(key, who);
        return key;
    }

    void forget(Pipe pipe) {
        Long key = keys.remove(pipe);
        if (key != null) {
            strands.remove(key);
            poller.forget(pipe);
        }
    }

    void close() {
        List.copyOf(keys.keySet()).forEach(this::forget);
    }
}
