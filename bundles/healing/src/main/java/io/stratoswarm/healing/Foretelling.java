package io.stratoswarm.healing;

import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.learn.SequenceKernels;
import io.stratoswarm.api.place.HostPlaces;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.api.store.TableStore;
import io.stratoswarm.healing.heal.HealingParts;
import io.stratoswarm.healing.predict.Track;
import io.stratoswarm.healing.prevent.LessonBook;
import io.stratoswarm.healing.prevent.PredictionBook;
import io.stratoswarm.healing.prevent.PredictionParts;
import io.stratoswarm.healing.prevent.PredictionSettings;
import io.stratoswarm.healing.prevent.School;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Predictions with their threads: one that looks ahead, a few that act, and one of the lowest priority on which the model learns. */
final class Foretelling implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Foretelling.class);
    private static final long STEP_MILLIS = 500;
    private static final long LEARN_MINUTES = 10;
    private static final int MOST_ACTS = 4;

    private final ScheduledExecutorService foresight = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("prediction").daemon().factory());
    /** Restarts take as long as agents do, and so some are done beside each other; of one prediction one act at a time. */
    private final ExecutorService hands = threads("prevention-", MOST_ACTS);

    private final ScheduledExecutorService school = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
            .name("prediction-school")
            .priority(Thread.MIN_PRIORITY)
            .daemon()
            .factory());
    private final PredictionBook book;

    /** What is used of other bundles, each where it is there. */
    record Others(
            Supplier<Optional<Proposals>> proposals,
            Supplier<Optional<HostPlaces>> places,
            Supplier<List<SequenceKernels>> kernels) {}

    Foretelling(
            HealingParts parts,
            Others others,
            Supplier<PredictionSettings> settings,
            TableStore tables,
            BlobStore blobs,
            RandomGenerator random) {
        Journal journal = parts.journal();
        ShippedForecaster model =
                new ShippedForecaster(School.adopted(journal, blobs), others.kernels(), settings, random);
        LessonBook lessons = new LessonBook(Track::window, tables, random);
        PredictionParts all = new PredictionParts(
                parts,
                others.proposals(),
                others.places(),
                settings,
                model::prognosis,
                () -> Optional.of(lessons),
                hands);
        book = new PredictionBook(all);
        learn(new School(all, blobs, lessons, model));
    }

    /**
     * So many threads at most, none while there is nothing to do. Platform ones: a virtual one that loads a class cannot leave its carrier, and where
     * several wait so for the lock of a bundle's jar while whoever has it waits for a virtual thread, nothing goes on any more.
     */
    static ExecutorService threads(String name, int most) {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                most,
                most,
                1,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name(name, 0).daemon().factory());
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    PredictionBook book() {
        return book;
    }

    void begin() {
        var unused = foresight.scheduleWithFixedDelay(
                () -> {
                    try {
                        book.step();
                    } catch (RuntimeException e) {
                        // Such as a journal that takes nothing for a while; all is looked at again.
                        LOG.warn("what is foreseen could not be looked at, which is tried again", e);
                    }
                },
                STEP_MILLIS,
                STEP_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void learn(School lessons) {
        var unused = school.scheduleWithFixedDelay(
                () -> {
                    try {
                        lessons.step();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt(); // The bundle ends.
                    } catch (RuntimeException e) {
                        LOG.warn("the model for predictions could not learn, which is tried again", e);
                    }
                },
                LEARN_MINUTES,
                LEARN_MINUTES,
                TimeUnit.MINUTES);
    }

    @Override
    public void close() {
        foresight.shutdownNow();
        hands.shutdownNow();
        school.shutdownNow();
    }
}
