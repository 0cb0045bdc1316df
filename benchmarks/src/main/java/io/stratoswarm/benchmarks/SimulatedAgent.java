package io.stratoswarm.benchmarks;

import java.util.SplittableRandom;

/**
 * An agent that behaves as one recorded process did: it goes through the record in pieces of about a minute that begin at random
 * places. Counters add what the record's added in each second; gauges take its values, so they jump where a piece begins.
 */
final class SimulatedAgent {
    private static final int PIECE = 60;

    private final long[][] trace;
    private final SplittableRandom random;
    private final long[] levels = new long[ProcessTraces.NAMES.length];
    private int at;

    SimulatedAgent(long[][] trace, SplittableRandom random) {
        this.trace = trace;
        this.random = random;
        this.at = random.nextInt(trace.length - 1);
        System.arraycopy(trace[at], 0, levels, 0, levels.length);
    }

    void second() {
        if (at + 1 >= trace.length || random.nextInt(PIECE) == 0) {
            at = random.nextInt(trace.length - 1);
        }
        long[] before = trace[at];
        long[] after = trace[++at];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = i < ProcessTraces.COUNTERS ? levels[i] + Math.max(0, after[i] - before[i]) : after[i];
        }
    }

    double value(int metric) {
        return ProcessTraces.value(metric, levels[metric]);
    }
}
