package io.stratoswarm.console;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** A token bucket for each of a bounded number of names; who was not seen for longest is forgotten first. */
final class Buckets {
    private static final double NANOS = 1e9;

    private static final class Bucket {
        private double level;
        private long at;
    }

    private final double perSecond;
    private final double burst;
    private final LongSupplier nanos;
    private final Map<String, Bucket> buckets;

    /** @param perSecond 0 for no limit */
    Buckets(double perSecond, double burst, int names, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanos = nanos;
        this.buckets = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
                return size() > names;
            }
        };
    }

    /** Takes one; else tells how many seconds, at least one, to wait for it. */
    synchronized long take(String name) {
        if (perSecond <= 0) {
            return 0;
        }
        long now = nanos.getAsLong();
        Bucket bucket = buckets.get(name);
        if (bucket == null) {
            bucket = new Bucket();
            bucket.level = burst;
            bucket.at = now;
            buckets.put(name, bucket);
        }
        bucket.level = Math.min(burst, bucket.level + (now - bucket.at) / NANOS * perSecond);
        bucket.at = now;
        if (bucket.level >= 1) {
            bucket.level -= 1;
            return 0;
        }
        return Math.max(1, (long) Math.ceil((1 - bucket.level) / perSecond));
    }
}
