package io.stratoswarm.healing.prevent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.healing.predict.Cause;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchoolTest {
    private static final float[] WINDOW = {0.25f, -1, Float.NaN, 0.5f};
    private static final byte[] MODEL = {1, 2, 3};

    @TempDir
    Path folder;

    private Rig rig;
    private LessonBook lessons;

    @BeforeEach
    void open() {
        rig = new Rig(folder);
        lessons = book();
        rig.lessons = Optional.of(lessons);
        rig.agents.add("shop/web");
    }

    private LessonBook book() {
        return new LessonBook(track -> WINDOW, rig.journal.tables(), new SplittableRandom(7));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void shouldKeepWhatWasSeenWithWhatFollowed() {
        rig.pass(80);
        assertEquals(0, lessons.seen()[0]);
        long well = lessons.seen()[1];
        assertTrue(well > 0, "nothing followed within the horizon");
        rig.agents.crash("shop/web");
        rig.pass(2);
        assertTrue(lessons.seen()[0] > 1, "what was seen before it");
        List<LessonBook.Kept> all = book().all(WINDOW.length);
        assertEquals(lessons.seen()[0] + well, all.size(), "also after a start of the daemon");
        assertArrayEquals(WINDOW, all.getFirst().window());
        assertTrue(Double.isNaN(all.getFirst().steps()));
        assertTrue(
                all.getLast().steps() >= 0 && all.getLast().steps() < 60,
                "" + all.getLast().steps());
        assertEquals(0, book().all(WINDOW.length + 1).size(), "of other measures");
    }

    @Test
    void shouldNotLearnFromWhatWasActedUpon() {
        rig.metrics.tell("shop/web", "cpu_seconds_total", 1);
        rig.forecasts.put("shop/web", Rig.doom(Cause.OTHER, 0.9, 50));
        rig.pass(25);
        assertEquals(1, rig.agents.restarted.size());
        rig.forecasts.clear();
        rig.agents.crash("shop/web");
        rig.pass(1);
        List<LessonBook.Kept> all = lessons.all(WINDOW.length);
        assertTrue(all.stream().allMatch(kept -> kept.steps() < 20), "only what was seen after the restart: " + all);
    }

    @Test
    void shouldKeepOfManyAUniformShare() {
        Course course = new Course("shop/web", 1, 0);
        int all = 4 * LessonBook.MOST;
        for (int i = 0; i < all; i++) {
            course.pending.add(new LessonBook.Pending(i, new short[WINDOW.length]));
            lessons.failed(course, i + 1, 1_000, 1);
        }
        List<LessonBook.Kept> kept = lessons.all(WINDOW.length);
        assertEquals(LessonBook.MOST, kept.size());
        double mean =
                kept.stream().mapToLong(LessonBook.Kept::atMillis).average().orElseThrow();
        assertEquals(all / 2.0, mean, all * 0.04, "old ones are as many as new ones");
    }

    @Test
    void shouldTakeABetterModelIntoUseAndKeepIt() throws InterruptedException {
        List<byte[]> used = new ArrayList<>();
        School school = new School(rig.parts, rig.journal.blobs(), lessons, new Teacher() {
            private int asked;

            @Override
            public int length() {
                return WINDOW.length;
            }

            @Override
            public Result learn(List<LessonBook.Kept> given) {
                return asked++ == 0 ? new Result.Refused("too few") : new Result.Better(MODEL, 0.2, 0.1);
            }

            @Override
            public void adopt(byte[] model) {
                used.add(model);
            }
        });
        assertFalse(school.step(), "nothing has happened yet");
        fail(10);
        assertFalse(school.step());
        assertFalse(school.step(), "nothing has happened since");
        assertEquals(Optional.empty(), School.adopted(rig.journal.journal(), rig.journal.blobs()));
        fail(10);
        assertFalse(school.step(), "it rests for a while");
        rig.now += 6 * 3_600_000L;
        assertTrue(school.step());
        assertArrayEquals(MODEL, used.getFirst());
        assertArrayEquals(
                MODEL,
                School.adopted(rig.journal.journal(), rig.journal.blobs()).orElseThrow());
        assertTrue(rig.payload(PredictionFold.ADOPTED).contains("\"after\":0.1"));
    }

    private void fail(int times) {
        Course course = new Course("shop/web", 1, 0);
        for (int i = 0; i < times; i++) {
            course.pending.add(new LessonBook.Pending(i, new short[WINDOW.length]));
        }
        lessons.failed(course, times, 1_000, 1);
    }
}
