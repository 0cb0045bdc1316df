package io.stratoswarm.healing.heal;

import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.healing.pattern.Window;
import io.stratoswarm.healing.pattern.Window.Role;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Whether a liveness probe is about to fail, or has failed, because answers take longer and longer. The limit is the probe's own, so no history
 * of the agent is needed, and a process that was started a minute ago is judged as well as an old one.
 */
final class Slowness {
    /** Class of what it sees. */
    static final String LABEL = "slow-response";

    static final String METRIC = "probe_duration_seconds";
    static final String PROBE = "probe";
    static final String LIVENESS = "liveness";
    /** So many answers are looked back at. */
    static final int ANSWERS = 32;

    private static final int LEAST = 4;
    /** Of the time limit: less is no matter, however much it rose. */
    private static final double MATTERS = 0.25;
    /** As often what answers usually took; one that is slow now and then has it once, and not twice on end. */
    private static final double TIMES = 2;

    private Slowness() {}

    /**
     * Whether answers that came in time will not if it goes on so until the probe has failed.
     *
     * @param seconds what answers of one process took, oldest first
     */
    static boolean soon(double[] seconds, Probe probe) {
        int n = seconds.length;
        if (n < LEAST) {
            return false;
        }
        double limit = probe.timeoutMillis() / 1_000.0;
        double last = seconds[n - 1];
        double before = seconds[n - 2];
        double usual = usual(seconds);
        boolean slower = last > before && slow(before, usual) && last >= MATTERS * limit;
        int asks = Math.max(1, probe.failureThreshold());
        // What waits in a queue that is not worked off grows faster and faster; what levels off must not be taken for
        // that.
        boolean faster = last - before > before - seconds[n - 3];
        double then = faster ? last * Math.pow(last / before, asks) : last + (last - before) * asks;
        return slower && then >= limit;
    }

    /** Whether answers became slow step by step before none came in time; who hangs at once was as quick as ever to the last. */
    static boolean led(Window window, Probe probe) {
        double limit = probe.timeoutMillis() / 1_000.0;
        double[] all = window.lines().stream()
                .filter(line -> line.role() == Role.SELF
                        && line.name().equals(METRIC)
                        && LIVENESS.equals(line.labels().get(PROBE)))
                .flatMapToDouble(line -> Arrays.stream(line.values()))
                .filter(value -> !Double.isNaN(value))
                .toArray();
        int end = all.length;
        while (end > 0 && all[end - 1] >= limit) {
            end--;
        }
        // Answers in time since the last one that was late belong to one process.
        int begin = end;
        while (begin > 0 && all[begin - 1] < limit) {
            begin--;
        }
        double[] life = Arrays.copyOfRange(all, begin, end);
        if (end == all.length || life.length < LEAST - 1) {
            return false;
        }
        double usual = usual(life);
        return IntStream.range(Math.max(0, life.length - 2), life.length).allMatch(i -> slow(life[i], usual));
    }

    /** Whether an answer took more than answers usually do. */
    static boolean slow(double seconds, double usual) {
        return seconds >= TIMES * usual;
    }

    /** Whether it is an answer to a liveness probe. */
    static boolean answer(Sample sample) {
        return sample.series().name().equals(METRIC)
                && LIVENESS.equals(sample.series().labels().get(PROBE));
    }

    /** The lower quartile, which a rise moves least. */
    static double usual(double[] seconds) {
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        return sorted[(sorted.length - 1) / 4];
    }
}
