package io.stratoswarm.api.metric;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One line of numbers over time.
 *
 * @param subject {@code host}, or the id of an agent
 * @param name of the metric
 * @param labels what tells this series from others of the same metric and subject, for example {@code device=sda}; mostly empty
 */
public record Series(String subject, String name, SortedMap<String, String> labels) {
    /** Subject of what is measured of the host itself. */
    public static final String HOST = "host";

    public Series {
        labels = labels.isEmpty()
                ? Collections.emptySortedMap()
                : Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /** By what is quick to tell: the hashes of its texts are kept by them, while a walk over a sorted map is not. */
    @Override
    public int hashCode() {
        return 31 * subject.hashCode() + name.hashCode() + (labels.isEmpty() ? 0 : 31 * labels.hashCode());
    }

    public static Series of(String subject, String name) {
        return new Series(subject, name, Collections.emptySortedMap());
    }

    public static Series of(String subject, String name, Map<String, String> labels) {
        return new Series(subject, name, new TreeMap<>(labels));
    }
}
