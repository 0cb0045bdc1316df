package io.stratoswarm.healing.anomaly;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One {@link AnomalyDetector} for each agent and metric, up to a limit; beyond it the one that was not asked for the longest is dropped, and
 * counted. One thread at a time.
 */
public final class Detectors {
    private final int limit;
    private final Map<Series, AnomalyDetector> detectors = new LinkedHashMap<>(16, 0.75f, true);
    private long dropped;

    /** What a detector watches. */
    public record Series(String agent, String metric) {}

    /** @param limit the greatest number of series; each takes about {@link AnomalyDetector#SAVED_BYTES} and half as much again */
    public Detectors(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("a limit of " + limit + " series");
        }
        this.limit = limit;
    }

    /** Scores a value of this series, and learns it; see {@link AnomalyDetector#score}. */
    public double score(Series series, long timeMillis, double value) {
        AnomalyDetector detector = detectors.get(series);
        if (detector == null) {
            detector = new AnomalyDetector();
            put(series, detector);
        }
        return detector.score(timeMillis, value);
    }

    /** Goes on with this detector, as after a restart. */
    public void put(Series series, AnomalyDetector detector) {
        detectors.put(series, detector);
        if (detectors.size() > limit) {
            var eldest = detectors.keySet().iterator();
            eldest.next();
            eldest.remove();
            dropped++;
        }
    }

    /** The detector of this series, where there is one; it counts as asked for. */
    public Optional<AnomalyDetector> find(Series series) {
        return Optional.ofNullable(detectors.get(series));
    }

    /** Forgets all series of an agent that is gone; these do not count as dropped. */
    public void forget(String agent) {
        detectors.keySet().removeIf(series -> series.agent().equals(agent));
    }

    /** The states of all series, to be put back by {@link #put}; the one not asked for the longest comes first. */
    public Map<Series, byte[]> save() {
        Map<Series, byte[]> saved = new LinkedHashMap<>();
        detectors.forEach((series, detector) -> saved.put(series, detector.save()));
        return saved;
    }

    public int size() {
        return detectors.size();
    }

    /** How many detectors were dropped because of the limit; where this grows, the limit is too low. */
    public long dropped() {
        return dropped;
    }
}
