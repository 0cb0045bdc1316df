package io.stratoswarm.healing.prevent;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.store.BlobStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the model learn in the background, and takes a better one into use. Models lie among the blobs by their hash, which the event names;
 * those that were in use before stay there. {@link #step} may take minutes and is called by a thread of its own.
 */
public final class School {
    private static final Logger LOG = LoggerFactory.getLogger(School.class);
    /** New failures that are worth a try. */
    private static final int WORTHWHILE = 10;
    /** To learn takes a core for a while. */
    private static final long REST_MILLIS = 6 * 3_600_000L;

    private final Journal journal;
    private final PredictionLedger ledger;
    private final BlobStore blobs;
    private final LessonBook lessons;
    private final Teacher teacher;
    private final InstantSource clock;
    private long tried;
    private long triedMillis;

    public School(PredictionParts parts, BlobStore blobs, LessonBook lessons, Teacher teacher) {
        journal = parts.healing().journal();
        clock = parts.healing().clock();
        ledger = new PredictionLedger(journal, parts.healing().projections());
        this.blobs = blobs;
        this.lessons = lessons;
        this.teacher = teacher;
    }

    /** The model that was adopted last; empty where none was. */
    public static Optional<byte[]> adopted(Journal journal, BlobStore blobs) {
        Optional<Event> event = journal
                .read(EventQuery.all()
                        .subject(PredictionLedger.ALL)
                        .type(PredictionFold.ADOPTED)
                        .newestFirst()
                        .limit(1))
                .stream()
                .findFirst();
        return event.map(School::hash).flatMap(hash -> {
            Optional<byte[]> model = blobs.get(hash);
            if (model.isEmpty()) {
                LOG.error("the model {} that was adopted is not among the blobs; the shipped one is used", hash);
            }
            return model;
        });
    }

    private static String hash(Event event) {
        try {
            return new com.fasterxml.jackson.databind.ObjectMapper()
                    .readTree(event.payload())
                    .path("model")
                    .asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Learns where enough has happened since the last time. @return whether a model was adopted */
    public boolean step() throws InterruptedException {
        long failed = lessons.seen()[0];
        if (failed < tried + WORTHWHILE || clock.millis() < triedMillis + REST_MILLIS) {
            return false;
        }
        tried = failed;
        triedMillis = clock.millis();
        return switch (teacher.learn(lessons.all(teacher.length()))) {
            case Teacher.Result.Refused refused -> {
                LOG.info("the model for predictions stays as it is: {}", refused.why());
                yield false;
            }
            case Teacher.Result.Better better -> {
                byte[] model = better.model();
                String hash = blobs.put(model);
                ledger.adopted(PredictionLedger.object()
                        .put("model", hash)
                        .put("before", PredictionLedger.rounded(better.before()))
                        .put("after", PredictionLedger.rounded(better.after()))
                        .put("failures", failed));
                teacher.adopt(model);
                LOG.info("the model for predictions learned from {} failures and is {} now", failed, hash);
                yield true;
            }
        };
    }
}
