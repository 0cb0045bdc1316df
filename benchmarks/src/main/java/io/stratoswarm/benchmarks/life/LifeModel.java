package io.stratoswarm.benchmarks.life;

import io.stratoswarm.api.learn.SequenceKernel;
import io.stratoswarm.api.learn.SequenceKernel.Loss;
import io.stratoswarm.api.learn.SequenceShape;
import io.stratoswarm.healing.lstm.CpuKernels;
import io.stratoswarm.healing.lstm.SequenceModel;
import io.stratoswarm.healing.lstm.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;

/** Several models that began with different weights and saw different cuts; what they predict is averaged. */
final class LifeModel {
    /** Engines are young for long, and nothing tells yet when they will fail: above this, remaining life counts as this. */
    static final int CAP = 125;

    /** No window ends before this cycle. */
    private static final int FIRST_END = 5;

    private static final float HALF = CAP / 2f;

    record Settings(
            int members,
            int steps,
            int hidden,
            int layers,
            List<Double> smoothing,
            boolean age,
            Trainer.Settings training) {
        static Settings standard() {
            return new Settings(
                    3, 30, 32, 2, List.of(1.0, 0.1, 0.03), true, new Trainer.Settings(500, 128, 4e-3, 0.2f, 1, 0));
        }
    }

    private final Inputs inputs;
    private final List<SequenceModel> members;

    private LifeModel(Inputs inputs, List<SequenceModel> members) {
        this.inputs = inputs;
        this.members = members;
    }

    static LifeModel train(List<Engine> engines, Settings settings, long seed, int threads)
            throws InterruptedException {
        Inputs inputs = Inputs.of(engines, CAP, settings.smoothing(), settings.age());
        List<List<float[]>> records = engines.stream().map(inputs::rows).toList();
        SplittableRandom seeds = new SplittableRandom(seed);
        List<Callable<SequenceModel>> work = new ArrayList<>();
        for (int i = 0; i < settings.members(); i++) {
            long own = seeds.nextLong();
            work.add(() -> member(inputs, records, settings, own));
        }
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<SequenceModel> members = new ArrayList<>();
            for (Future<SequenceModel> it : pool.invokeAll(work)) {
                members.add(it.get());
            }
            return new LifeModel(inputs, members);
        } catch (ExecutionException e) {
            throw new IllegalStateException("training failed", e.getCause());
        }
    }

    private static SequenceModel member(Inputs inputs, List<List<float[]>> records, Settings settings, long seed)
            throws InterruptedException {
        var shape = new SequenceShape(inputs.names().size(), settings.hidden(), settings.layers(), 1);
        var learned = new Trainer(new CpuKernels(), settings.training())
                .train(
                        shape,
                        settings.steps(),
                        Loss.SQUARED,
                        (random, count, windows, targets, importance) ->
                                cuts(inputs, records, settings.steps(), random, windows, targets),
                        new SplittableRandom(seed));
        return new SequenceModel(
                shape,
                settings.steps(),
                inputs.names(),
                inputs.normalisation(),
                new SequenceModel.Head.Quantity(HALF, HALF, CAP),
                learned.weights(),
                new TreeMap<>());
    }

    /** Engines and the cycles at which they are cut, both at random. */
    private static void cuts(
            Inputs inputs,
            List<List<float[]>> records,
            int steps,
            RandomGenerator random,
            float[] windows,
            float[] targets) {
        int size = steps * inputs.names().size();
        for (int i = 0; i < targets.length; i++) {
            List<float[]> rows = records.get(random.nextInt(records.size()));
            int end = random.nextInt(Math.min(FIRST_END, rows.size()), rows.size() + 1);
            Inputs.window(rows, end, steps, windows, i * size);
            targets[i] = (Math.min(CAP, rows.size() - end) - HALF) / HALF;
        }
        inputs.normalisation().apply(windows);
    }

    int size() {
        return members.size();
    }

    List<String> names() {
        return inputs.names();
    }

    /** Remaining life of each engine after its last row. */
    double[] predict(List<Engine> engines) {
        double[] mean = new double[engines.size()];
        for (int i = 0; i < members.size(); i++) {
            double[] one = predict(engines, i);
            for (int j = 0; j < mean.length; j++) {
                mean[j] += one[j] / members.size();
            }
        }
        return mean;
    }

    /** As one member of the ensemble says. */
    double[] predict(List<Engine> engines, int member) {
        SequenceModel model = members.get(member);
        int size = model.steps() * inputs.names().size();
        float[] windows = new float[engines.size() * size];
        for (int i = 0; i < engines.size(); i++) {
            List<float[]> rows = inputs.rows(engines.get(i));
            Inputs.window(rows, rows.size(), model.steps(), windows, i * size);
        }
        try (SequenceKernel kernel = new CpuKernels().open(model.shape())) {
            float[] lives = model.predict(kernel, engines.size(), windows);
            double[] wide = new double[lives.length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = lives[i];
            }
            return wide;
        }
    }
}
