package io.stratoswarm.benchmarks.healing;

import io.stratoswarm.api.learn.SequenceKernel;
import io.stratoswarm.api.learn.SequenceKernel.Loss;
import io.stratoswarm.api.learn.SequenceKernels;
import io.stratoswarm.api.learn.SequenceShape;
import io.stratoswarm.benchmarks.healing.Courses.Course;
import io.stratoswarm.benchmarks.healing.Courses.Cut;
import io.stratoswarm.benchmarks.healing.Recordings.Recording;
import io.stratoswarm.healing.lstm.Calibration;
import io.stratoswarm.healing.lstm.Normalisation;
import io.stratoswarm.healing.lstm.SequenceModel;
import io.stratoswarm.healing.lstm.Trainer;
import io.stratoswarm.healing.predict.Lesson;
import io.stratoswarm.healing.predict.LstmForecaster;
import io.stratoswarm.healing.predict.Track;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** How the model of forecasts is trained. All figures here were chosen by cross-validation on the recordings to train on. */
final class ForecastTraining {
    static final int HIDDEN = 32;
    static final int UPDATES = 1200;
    private static final Trainer.Settings SETTINGS = new Trainer.Settings(UPDATES, 128, 4e-3, 0.1f, 1, 0.01);
    /** Of each series of a sequence, all steps are moved by one amount of this deviation, so that no exact level is learned. */
    private static final double NOISE = 0.15;
    /** What is done at each step varies more with some services than with those of the bench: by up to this deviation, from step to step. */
    private static final double UNREST = 1;

    private static final Set<String> RATES =
            Set.of("cpu.growth", "written.growth", "calls.growth", "cpu.by.calls.growth");
    /** How much a healthy service counts: one that grows and does not fail is rarer in the bench than it is elsewhere. */
    private static final float HEALTHY = 3;
    /** Of the same recordings slower and faster ones, and of those every n-th cut, so that all are about as many. */
    private static final double[][] PACES = {{1, 0, 1}, {0.75, 0.3, 1}, {1.3, 0.6, 1}, {1.7, 0.2, 2}, {2.3, 0.2, 3}};

    private final SequenceKernels kernels;

    ForecastTraining(SequenceKernels kernels) {
        this.kernels = kernels;
    }

    /** One recording with its cuts at several paces; those as recorded apart. */
    record Material(Recording recording, List<Cut> cuts, List<Cut> asRecorded) {}

    static List<Material> material(List<Recording> recordings) {
        List<Material> all = new ArrayList<>();
        for (Recording recording : recordings) {
            List<Cut> cuts = new ArrayList<>();
            List<Cut> first = List.of();
            for (double[] pace : PACES) {
                Course course = Courses.of(recording, pace[0], pace[1]);
                first = first.isEmpty() ? course.cuts() : first;
                for (int i = 0; i < course.cuts().size(); i += (int) pace[2]) {
                    cuts.add(course.cuts().get(i));
                }
            }
            // A service that failed at once has too short a course for any forecast.
            if (!cuts.isEmpty()) {
                all.add(new Material(recording, cuts, first));
            }
        }
        return all;
    }

    /** Without calibration. */
    SequenceModel train(List<Material> material, RandomGenerator random) throws InterruptedException {
        int series = Track.SERIES.size();
        int length = Track.STEPS * series;
        Normalisation normalisation = normalisation(material);
        SequenceShape shape = new SequenceShape(series, HIDDEN, 1, LstmForecaster.HORIZONS.size());
        Trainer.Learned learned = new Trainer(kernels, SETTINGS)
                .train(
                        shape,
                        Track.STEPS,
                        Loss.LOGISTIC,
                        (chance, count, inputs, targets, importance) -> {
                            for (int i = 0; i < count; i++) {
                                Material one = material.get(chance.nextInt(material.size()));
                                Cut cut =
                                        one.cuts().get(chance.nextInt(one.cuts().size()));
                                float[] window = cut.window().clone();
                                normalisation.apply(window);
                                shift(window, series, chance);
                                System.arraycopy(window, 0, inputs, i * length, length);
                                for (int h = 0; h < shape.outputs(); h++) {
                                    targets[i * shape.outputs() + h] =
                                            cut.fails(LstmForecaster.HORIZONS.get(h)) ? 1 : 0;
                                }
                                importance[i] = one.recording().label().equals("healthy") ? HEALTHY : 1;
                            }
                        },
                        random);
        return new SequenceModel(
                shape,
                Track.STEPS,
                Track.SERIES,
                normalisation,
                new SequenceModel.Head.Probability(Calibration.NONE),
                learned.weights(),
                new TreeMap<>());
    }

    private static void shift(float[] window, int series, RandomGenerator chance) {
        for (int s = 0; s < series; s++) {
            float by = (float) (chance.nextGaussian() * NOISE);
            boolean rate = RATES.contains(Track.SERIES.get(s));
            double unrest = rate ? chance.nextDouble() * UNREST : 0;
            for (int i = s; i < window.length; i += series) {
                window[i] += rate ? by + (float) (chance.nextGaussian() * unrest) : by;
            }
        }
    }

    /** Of the newest row of each cut; what is not known is left as 0. */
    private static Normalisation normalisation(List<Material> material) {
        int series = Track.SERIES.size();
        int count = material.stream().mapToInt(it -> it.cuts().size()).sum();
        float[] rows = new float[count * series];
        int at = 0;
        for (Material one : material) {
            for (Cut cut : one.cuts()) {
                for (int s = 0; s < series; s++) {
                    float value = cut.window()[cut.window().length - series + s];
                    rows[at++] = Float.isNaN(value) ? 0 : value;
                }
            }
        }
        return Normalisation.of(rows, series);
    }

    /** What the model gives for the farthest horizon. */
    float[] outputs(SequenceModel model, List<Cut> cuts) {
        int length = Track.STEPS * Track.SERIES.size();
        float[] windows = new float[cuts.size() * length];
        for (int i = 0; i < cuts.size(); i++) {
            System.arraycopy(cuts.get(i).window(), 0, windows, i * length, length);
        }
        int outputs = model.shape().outputs();
        float[] last = new float[cuts.size()];
        try (SequenceKernel kernel = kernels.open(model.shape())) {
            float[] all = model.outputs(kernel, cuts.size(), windows);
            for (int i = 0; i < last.length; i++) {
                last[i] = all[(i + 1) * outputs - 1];
            }
        }
        return last;
    }

    /**
     * Models that each left out some of the seeds, all with the calibration that fits what they said of those; model {@code f} did not see the
     * seeds that leave {@code f} over when divided by their number.
     */
    List<SequenceModel> folds(List<Material> material, int folds) throws InterruptedException {
        List<SequenceModel> models = new ArrayList<>();
        List<Float> outputs = new ArrayList<>();
        List<Boolean> outcomes = new ArrayList<>();
        for (int f = 0; f < folds; f++) {
            int fold = f;
            SequenceModel model = train(
                    material.stream()
                            .filter(it -> it.recording().seed() % folds != fold)
                            .toList(),
                    new SplittableRandom(100 + f));
            for (Material one : material) {
                if (one.recording().seed() % folds == fold) {
                    float[] its = outputs(model, one.asRecorded());
                    // Those before only confirm later ones.
                    for (int i = Track.CONFIRMED - 1; i < its.length; i++) {
                        outputs.add(its[i]);
                        outcomes.add(one.asRecorded().get(i).fails(Track.STEPS));
                    }
                }
            }
            models.add(model);
        }
        SequenceModel.Head head = new SequenceModel.Head.Probability(platt(outputs, outcomes));
        return models.stream().map(it -> it.withHead(head)).toList();
    }

    private static Calibration platt(List<Float> outputs, List<Boolean> outcomes) {
        float[] all = new float[outputs.size()];
        boolean[] occurred = new boolean[all.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = outputs.get(i);
            occurred[i] = outcomes.get(i);
        }
        return Calibration.platt(all, occurred);
    }

    /** Of all seeds, with a calibration that was found on seeds left out. */
    SequenceModel whole(List<Material> material, SequenceModel.Head calibration) throws InterruptedException {
        return train(material, new SplittableRandom(1))
                .withHead(calibration)
                .withNotes(Map.of(
                        "trained-by",
                        "benchmarks/run failure-forecast",
                        "trained-on",
                        material.size() + " recordings of the fault bench, known kinds",
                        "kernels",
                        kernels.name(),
                        "horizons-in-steps",
                        LstmForecaster.HORIZONS.toString()));
    }

    /** One cut of each recording, by chance, for models that go on learning on a host. */
    static List<Lesson> kept(List<Material> material, RandomGenerator random) {
        List<Lesson> kept = new ArrayList<>();
        for (Material one : material) {
            Cut cut = one.asRecorded().get(random.nextInt(one.asRecorded().size()));
            kept.add(cut.ill() ? Lesson.failed(0, cut.window(), cut.left()) : Lesson.stayedWell(0, cut.window()));
        }
        return kept;
    }
}
