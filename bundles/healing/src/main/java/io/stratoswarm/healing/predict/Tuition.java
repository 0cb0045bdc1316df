package io.stratoswarm.healing.predict;

import io.stratoswarm.api.learn.SequenceKernel;
import io.stratoswarm.api.learn.SequenceKernel.Loss;
import io.stratoswarm.api.learn.SequenceKernels;
import io.stratoswarm.healing.lstm.Calibration;
import io.stratoswarm.healing.lstm.ModelFile;
import io.stratoswarm.healing.lstm.SequenceModel;
import io.stratoswarm.healing.lstm.Trainer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Goes on with the training of a model on what happened on this host. Lessons are put in order of time: the first ones are learned from, the
 * next are for calibration, and on the last ones, which neither saw, the new model must beat the one there is by the score of Brier (1950), the mean
 * square of what was said less what occurred. Half of each batch are kept lessons of the bench, so that what was known is not forgotten (rehearsal,
 * Robins 1995), and on those the new model must not be worse. The same model, lessons and random numbers give the same result. It can be
 * interrupted between two updates.
 */
public final class Tuition {
    /** How it went. */
    public sealed interface Result {
        /** The new model is better; the scores of both on the last lessons, less is better. */
        record Better(SequenceModel model, double before, double after) implements Result {}

        /** The model stays as it is. */
        record Refused(String why) implements Result {}
    }

    /** Of the lessons by time, where those for calibration and where those for the comparison begin. */
    private static final double CALIBRATE_FROM = 0.6;

    private static final double COMPARE_FROM = 0.8;
    private static final int FEWEST = 60;
    /** Of either outcome, in each part. */
    private static final int FEWEST_OF_EACH = 3;
    /** Better by less than this share is chance. */
    private static final double GAIN = 0.02;
    /** By how much the score on kept lessons may rise: what one more error in two hundred makes. */
    private static final double WORSE = 0.005;

    private final SequenceKernels kernels;
    private final Trainer.Settings settings;
    private final long horizonMillis;

    /** @param horizonMillis as {@link Forecaster#horizonMillis}; what was still open when the next part begins is not learned from */
    public Tuition(SequenceKernels kernels, Trainer.Settings settings, long horizonMillis) {
        this.kernels = kernels;
        this.settings = settings;
        this.horizonMillis = horizonMillis;
    }

    /** A fifth of the rate of a first training: it begins near where it is to go. */
    public static Trainer.Settings standard() {
        return new Trainer.Settings(200, 64, 8e-4, 0.1f, 1, 0.01);
    }

    /**
     * @param own what happened here
     * @param kept of the bench, may be empty
     */
    public Result learn(SequenceModel now, List<Lesson> own, List<Lesson> kept, RandomGenerator random)
            throws InterruptedException {
        List<Lesson> known = own.stream()
                .filter(it -> it.weight() > 0)
                .sorted(Comparator.comparingLong(Lesson::atMillis))
                .toList();
        if (known.size() < FEWEST) {
            return new Result.Refused(known.size() + " lessons with a known outcome; " + FEWEST + " are needed");
        }
        int calibrateFrom = (int) (known.size() * CALIBRATE_FROM);
        int compareFrom = (int) (known.size() * COMPARE_FROM);
        List<Lesson> learned = before(known.subList(0, calibrateFrom), known.get(calibrateFrom));
        List<Lesson> calibrated = before(known.subList(calibrateFrom, compareFrom), known.get(compareFrom));
        List<Lesson> compared = known.subList(compareFrom, known.size());
        Map<String, List<Lesson>> parts =
                Map.of("learned from", learned, "for calibration", calibrated, "for comparison", compared);
        for (Map.Entry<String, List<Lesson>> part : new TreeMap<>(parts).entrySet()) {
            long failed = part.getValue().stream().filter(Lesson::occurred).count();
            long well = part.getValue().size() - failed;
            if (failed < FEWEST_OF_EACH || well < FEWEST_OF_EACH) {
                return new Result.Refused("of the lessons " + part.getKey() + " " + failed + " ended in a failure and "
                        + well + " did not; " + FEWEST_OF_EACH + " of each are needed");
            }
        }
        return judge(now, train(now, learned, calibrated, kept, random), compared, kept);
    }

    /** Those whose outcome was known when the next part began. */
    private List<Lesson> before(List<Lesson> part, Lesson next) {
        return part.stream()
                .filter(it -> it.atMillis() + horizonMillis <= next.atMillis())
                .toList();
    }

    private SequenceModel train(
            SequenceModel now, List<Lesson> learned, List<Lesson> calibrated, List<Lesson> kept, RandomGenerator random)
            throws InterruptedException {
        Trainer.Learned after = new Trainer(kernels, settings)
                .train(
                        now.weights(),
                        now.shape(),
                        now.steps(),
                        Loss.LOGISTIC,
                        (chance, count, inputs, targets, importance) -> {
                            int length = inputs.length / count;
                            int outputs = targets.length / count;
                            for (int i = 0; i < count; i++) {
                                List<Lesson> from = kept.isEmpty() || i % 2 == 0 ? learned : kept;
                                Lesson one = from.get(chance.nextInt(from.size()));
                                one.copyWindow(inputs, i * length);
                                one.copyTargets(targets, i * outputs);
                                importance[i] = (float) one.weight();
                            }
                            now.normalisation().apply(inputs);
                        },
                        random);
        SequenceModel raw = new SequenceModel(
                now.shape(), now.steps(), now.series(), now.normalisation(), now.head(), after.weights(), now.notes());
        // Kept lessons keep the calibration from what a few outcomes of one host would make of it.
        List<Lesson> all = new ArrayList<>(calibrated);
        all.addAll(kept);
        float[] outputs = last(raw, all, false);
        boolean[] occurred = new boolean[all.size()];
        for (int i = 0; i < occurred.length; i++) {
            occurred[i] = all.get(i).occurred();
        }
        Map<String, String> notes = new TreeMap<>(now.notes());
        notes.put("learned-after", LstmForecaster.hash(ModelFile.write(now)));
        notes.put(
                "learned-from",
                learned.size() + " lessons of this host until "
                        + learned.getLast().atMillis());
        return raw.withHead(new SequenceModel.Head.Probability(Calibration.platt(outputs, occurred)))
                .withNotes(notes);
    }

    private Result judge(SequenceModel now, SequenceModel after, List<Lesson> compared, List<Lesson> kept) {
        double before = brier(now, compared);
        double then = brier(after, compared);
        if (!(then < before * (1 - GAIN))) {
            return new Result.Refused(String.format(
                    Locale.ROOT,
                    "on the last %d lessons it scores %.4f and the one there is %.4f (Brier, less is better)",
                    compared.size(),
                    then,
                    before));
        }
        double keptBefore = brier(now, kept);
        double keptThen = brier(after, kept);
        if (keptThen > keptBefore + WORSE) {
            return new Result.Refused(String.format(
                    Locale.ROOT,
                    "it forgets: on %d kept lessons it scores %.4f and the one there is %.4f (Brier, less is better)",
                    kept.size(),
                    keptThen,
                    keptBefore));
        }
        return new Result.Better(after, before, then);
    }

    /** Mean square of probability less outcome, by weight; 0 for no lessons. */
    double brier(SequenceModel model, List<Lesson> lessons) {
        float[] probabilities = last(model, lessons, true);
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < probabilities.length; i++) {
            double off = probabilities[i] - (lessons.get(i).occurred() ? 1 : 0);
            sum += lessons.get(i).weight() * off * off;
            weights += lessons.get(i).weight();
        }
        return weights == 0 ? 0 : sum / weights;
    }

    /** What a model says of the farthest horizon. */
    private float[] last(SequenceModel model, List<Lesson> lessons, boolean calibrated) {
        if (lessons.isEmpty()) {
            return new float[0];
        }
        int length = model.steps() * model.series().size();
        float[] windows = new float[lessons.size() * length];
        for (int i = 0; i < lessons.size(); i++) {
            lessons.get(i).copyWindow(windows, i * length);
        }
        int outputs = model.shape().outputs();
        float[] last = new float[lessons.size()];
        try (SequenceKernel kernel = kernels.open(model.shape())) {
            float[] all = calibrated
                    ? model.predict(kernel, lessons.size(), windows)
                    : model.outputs(kernel, lessons.size(), windows);
            for (int i = 0; i < last.length; i++) {
                last[i] = all[(i + 1) * outputs - 1];
            }
        }
        return last;
    }
}
