package io.stratoswarm.healing.predict;

import io.stratoswarm.healing.lstm.Attribution.Share;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The likely cause: of what has a limit and is being used up, else of all, the group of measures that drove the forecast most. Where that is work that takes longer, the cause may lie around the
 * agent, in what the model does not see: the host is hot, others take the processor, or its network loses packets.
 */
final class Causes {
    /** Of one sensor or the sum of several: the growth that counts as heat, since what is hot differs from sensor to sensor. */
    private static final double WARMER = 1.25;
    /** Against the first part of the course: what is stalled, and what is sent again. */
    private static final double TIMES = 3;

    /** About seven tenths of what is left within the horizon, see {@link Measures}. */
    private static final double FILLING = 0.16;

    private static final double LEAST_STALLED_SECONDS = 0.3;
    private static final double LEAST_RETRANSMITTED = 10;

    private Causes() {}

    /** @param window the newest of the track */
    static Cause of(List<Share> shares, Track track, float[] window) {
        Map<Cause, Double> sums = new EnumMap<>(Cause.class);
        for (Share it : shares) {
            sums.merge(group(it.series()), it.share(), Double::sum);
        }
        sums.remove(Cause.OTHER);
        Map<Cause, Double> filling = new EnumMap<>(sums);
        filling.keySet().removeIf(it -> !fills(it, window));
        Cause most = greatest(filling.isEmpty() ? sums : filling);
        return most == Cause.SLOWING_DOWN ? around(track) : most;
    }

    private static Cause greatest(Map<Cause, Double> sums) {
        Cause most = Cause.OTHER;
        double greatest = Double.NEGATIVE_INFINITY;
        for (Map.Entry<Cause, Double> each : sums.entrySet()) {
            if (each.getValue() > greatest) {
                most = each.getKey();
                greatest = each.getValue();
            }
        }
        return most;
    }

    /** Whether it is something with a limit, which is being used up: then more work, such as that of a collector, only goes along. */
    private static boolean fills(Cause cause, float[] window) {
        String series = switch (cause) {
            case MEMORY_LEAK -> "memory.filling";
            case DESCRIPTOR_LEAK -> "descriptors.filling";
            case PROCESS_LEAK -> "tasks.filling";
            default -> "";
        };
        int column = Track.SERIES.indexOf(series);
        return column >= 0 && window[window.length - Track.SERIES.size() + column] >= FILLING;
    }

    private static Cause group(String series) {
        return switch (series.substring(0, series.indexOf('.') < 0 ? series.length() : series.indexOf('.'))) {
            case "memory" -> Cause.MEMORY_LEAK;
            case "descriptors" -> Cause.DESCRIPTOR_LEAK;
            case "tasks" -> Cause.PROCESS_LEAK;
            case "written" -> Cause.DISK_FILLING;
            case "cpu" -> Cause.SLOWING_DOWN;
            default -> Cause.OTHER;
        };
    }

    private static Cause around(Track track) {
        double warm = track.early(Raw.TEMPERATURE);
        if (warm > 0 && track.late(Raw.TEMPERATURE) > WARMER * warm) {
            return Cause.THERMAL;
        }
        if (grew(track, Raw.RETRANSMITTED, LEAST_RETRANSMITTED)) {
            return Cause.NETWORK;
        }
        // It waits for the processor more than it did, and does not use more of it.
        boolean uses = track.late(Raw.PROCESSOR) > 1.2 * track.early(Raw.PROCESSOR);
        return !uses && grew(track, Raw.STALLED, LEAST_STALLED_SECONDS) ? Cause.CONTENTION : Cause.SLOWING_DOWN;
    }

    private static boolean grew(Track track, Raw what, double least) {
        double late = track.late(what);
        return late > least && late > TIMES * track.early(what);
    }
}
