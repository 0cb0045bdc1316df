package io.stratoswarm.healing;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.learn.SequenceKernels;
import io.stratoswarm.healing.lstm.ModelFile;
import io.stratoswarm.healing.lstm.SequenceModel;
import io.stratoswarm.healing.predict.KeptLessons;
import io.stratoswarm.healing.predict.Lesson;
import io.stratoswarm.healing.predict.LstmForecaster;
import io.stratoswarm.healing.predict.Track;
import io.stratoswarm.healing.predict.Tuition;
import io.stratoswarm.healing.prevent.LessonBook;
import io.stratoswarm.healing.prevent.PredictionSettings;
import io.stratoswarm.healing.prevent.Prognosis;
import io.stratoswarm.healing.prevent.Teacher;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model that failures are foreseen by, and how it goes on learning: the one that comes with the bundle, or the last one that was learned on
 * this host.
 */
final class ShippedForecaster implements Teacher {
    private static final Logger LOG = LoggerFactory.getLogger(ShippedForecaster.class);
    /** Times of a forecaster are those of steps of 30 s, whatever the window is; they are scaled where they are used. */
    private static final long STEP_MILLIS = 30_000;

    private final Supplier<List<SequenceKernels>> kernels;
    private final Supplier<PredictionSettings> settings;
    private final RandomGenerator random;
    private volatile SequenceModel model;
    private volatile Prognosis prognosis;

    /**
     * @param adopted the model that was learned last on this host; empty where there is none
     * @param kernels of other bundles; the processor always has one
     */
    ShippedForecaster(
            Optional<byte[]> adopted,
            Supplier<List<SequenceKernels>> kernels,
            Supplier<PredictionSettings> settings,
            RandomGenerator random) {
        this.kernels = kernels;
        this.settings = settings;
        this.random = random;
        model = LstmForecaster.shipped();
        prognosis = prognosis(model);
        adopted.ifPresent(this::adopt);
    }

    private Prognosis prognosis(SequenceModel of) {
        return Prognosis.of(new LstmForecaster(of, this::best, STEP_MILLIS));
    }

    private SequenceKernels best() {
        return LstmForecaster.best(kernels.get());
    }

    Prognosis prognosis() {
        return prognosis;
    }

    @Override
    public int length() {
        return Track.STEPS * Track.SERIES.size();
    }

    @Override
    public void adopt(byte[] bytes) {
        try {
            SequenceModel next = ModelFile.read(bytes, "the model that was learned on this host");
            prognosis = prognosis(next);
            model = next;
        } catch (StratoswarmException e) {
            // One of an earlier version, which measured otherwise.
            LOG.warn("the model that was learned on this host is not used: {}", e.getMessage());
        }
    }

    @Override
    public Result learn(List<LessonBook.Kept> lessons) throws InterruptedException {
        List<Lesson> own = lessons.stream()
                .map(kept -> Double.isNaN(kept.steps())
                        ? Lesson.stayedWell(kept.atMillis(), kept.window())
                        : Lesson.failed(kept.atMillis(), kept.window(), kept.steps()))
                .toList();
        Tuition tuition = new Tuition(best(), Tuition.standard(), settings.get().windowMillis());
        return switch (tuition.learn(model, own, KeptLessons.shipped(), random)) {
            case Tuition.Result.Better better ->
                new Result.Better(ModelFile.write(better.model()), better.before(), better.after());
            case Tuition.Result.Refused refused -> new Result.Refused(refused.why());
        };
    }
}
