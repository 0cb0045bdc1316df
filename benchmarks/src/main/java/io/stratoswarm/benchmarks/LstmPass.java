package io.stratoswarm.benchmarks;

import io.stratoswarm.api.learn.SequenceKernel;
import io.stratoswarm.api.learn.SequenceKernels;
import io.stratoswarm.api.learn.SequenceShape;
import io.stratoswarm.healing.lstm.CpuKernels;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * How long one thread takes to pass the windows of 1,000 agents, 60 steps of 8 series, through two layers of 64 units: with the Vector API,
 * with plain loops, and by a peer where one is given, in turn. Processor time of the thread is told, since it does not depend on how busy the
 * machine is, and the wall clock beside it.
 */
public final class LstmPass {
    private static final SequenceShape SHAPE = new SequenceShape(8, 64, 2, 1);
    private static final int AGENTS = 1_000;
    private static final int STEPS = 60;
    private static final int ROUNDS = 30;

    /** Another library that computes the same. */
    public interface Peer {
        String name();

        /** Takes over these weights and inputs, which the passes measured use. */
        void prepare(SequenceShape shape, float[] weights, int count, int steps, float[] inputs);

        /** One pass. */
        float[] outputs();
    }

    private record Runner(String name, Runnable pass, float[] outputs, double[] cpu, double[] wall) {}

    private LstmPass() {}

    public static void main(String[] arguments) {
        compare(List.of());
    }

    public static void compare(List<Peer> peers) {
        Random random = new Random(1);
        float[] weights = values(SHAPE.weightCount(), 0.25f, random);
        float[] inputs = values(AGENTS * STEPS * SHAPE.features(), 2, random);
        List<Runner> runners = new ArrayList<>();
        for (SequenceKernels kernels : List.of(new CpuKernels(), CpuKernels.plain())) {
            SequenceKernel kernel = kernels.open(SHAPE);
            float[] outputs = new float[AGENTS];
            runners.add(runner(kernels.name(), () -> kernel.forward(weights, AGENTS, STEPS, inputs, outputs), outputs));
        }
        for (Peer peer : peers) {
            peer.prepare(SHAPE, weights, AGENTS, STEPS, inputs);
            float[] outputs = new float[AGENTS];
            runners.add(runner(peer.name(), () -> System.arraycopy(peer.outputs(), 0, outputs, 0, AGENTS), outputs));
        }
        var threads = ManagementFactory.getThreadMXBean();
        for (int round = 0; round < ROUNDS; round++) {
            for (Runner it : runners) {
                long begin = System.nanoTime();
                long used = threads.getCurrentThreadCpuTime();
                it.pass().run();
                it.cpu()[round] = (threads.getCurrentThreadCpuTime() - used) / 1e6;
                it.wall()[round] = (System.nanoTime() - begin) / 1e6;
            }
        }
        print(runners);
    }

    private static Runner runner(String name, Runnable pass, float[] outputs) {
        return new Runner(name, pass, outputs, new double[ROUNDS], new double[ROUNDS]);
    }

    private static void print(List<Runner> runners) {
        double own = median(runners.getFirst().cpu());
        System.out.printf(
                Locale.ROOT,
                "%d agents, %d steps, %s, one thread; medians of the later half of %d rounds%n",
                AGENTS,
                STEPS,
                SHAPE,
                ROUNDS);
        for (Runner it : runners) {
            double furthest = 0;
            for (int i = 0; i < AGENTS; i++) {
                furthest = Math.max(
                        furthest, Math.abs(it.outputs()[i] - runners.getFirst().outputs()[i]));
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-24s %7.1f ms of CPU, %7.1f ms by the clock; the first takes %.2f of its CPU; outputs differ by %.1e at most%n",
                    it.name(),
                    median(it.cpu()),
                    median(it.wall()),
                    own / median(it.cpu()),
                    furthest);
        }
    }

    /** Of the later half, when the code is compiled. */
    private static double median(double[] times) {
        double[] late = Arrays.copyOfRange(times, times.length / 2, times.length);
        Arrays.sort(late);
        return late[late.length / 2];
    }

    private static float[] values(int length, float spread, Random random) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (random.nextFloat() * 2 - 1) * spread;
        }
        return values;
    }
}
