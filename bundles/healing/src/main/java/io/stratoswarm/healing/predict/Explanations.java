package io.stratoswarm.healing.predict;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.function.Function;

/**
 * Bounds what explanations cost: each is as dear as some two hundred forecasts, and where much goes wrong at once there would be one for every
 * agent. So many are made a round: first of those that have none yet, the most urgent first, then of those whose own is the oldest.
 * The others keep theirs.
 */
final class Explanations {
    private final int most;
    private final Map<Track, Known> known = new WeakHashMap<>();
    private long round;

    /** Why a failure is expected. */
    record Why(Cause cause, List<String> drivers) {
        Why {
            drivers = List.copyOf(drivers);
        }
    }

    /**
     * One that is to be explained.
     *
     * @param inMillis until the failure
     */
    record Asked(Track track, double probability, long inMillis) {}

    private record Known(Why why, long round) {}

    /** @param most made in a round */
    Explanations(int most) {
        this.most = most;
    }

    /** One round. Those that were asked and are not in the answer have none yet. */
    synchronized Map<Track, Why> of(List<Asked> asked, Function<Track, Why> explain) {
        round++;
        List<Asked> order = new ArrayList<>(asked);
        order.sort(Comparator.comparingLong(
                        (Asked each) -> told(each.track()).map(Known::round).orElse(-1L))
                .thenComparingLong(Asked::inMillis)
                .thenComparing(Comparator.comparingDouble(Asked::probability).reversed()));
        for (Asked each : order.subList(0, Math.min(most, order.size()))) {
            known.put(each.track(), new Known(explain.apply(each.track()), round));
        }
        Map<Track, Why> all = new HashMap<>();
        asked.forEach(each -> told(each.track()).ifPresent(it -> all.put(each.track(), it.why())));
        return Collections.unmodifiableMap(all);
    }

    private Optional<Known> told(Track track) {
        return Optional.ofNullable(known.get(track));
    }
}
