package io.stratoswarm.graphops.flow.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class AckWindowProperties {
    private static final int RECORDS = 256;

    /** A set of all records that were ever acknowledged. */
    private static final class Model {
        private final BitSet done = new BitSet();
        private int given;

        int acked() {
            return done.nextClearBit(0);
        }

        void restart() {
            given = acked();
            done.clear(given, done.length() + 1);
        }
    }

    @Property(tries = 2000)
    void shouldAgreeWithASetOfRecordsAlsoAfterCrashes(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MemorySegment memory = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, AckWindow.numbers(RECORDS));
        AckWindow window = new AckWindow(memory, 0);
        Model model = new Model();
        for (int step = 0; step < 400; step++) {
            switch (random.nextInt(10)) {
                case 0 -> {
                    // The process ends; what was given is known from elsewhere.
                    window = new AckWindow(memory, model.given);
                }
                case 1 -> {
                    if (random.nextInt(5) == 0) {
                        window.restart();
                        model.restart();
                    }
                }
                case 2, 3, 4 -> {
                    int before = (int) Math.min(window.limit(), model.given + random.nextInt(100));
                    window.give(before);
                    model.given = Math.max(model.given, before);
                }
                default -> {
                    int from = Math.max(0, model.acked() - 5 + random.nextInt(RECORDS));
                    int before = from + 1 + random.nextInt(random.nextBoolean() ? 1 : 130);
                    boolean valid = before <= model.given;
                    assertEquals(valid, window.acknowledge(from, before));
                    if (valid) {
                        model.done.set(from, before);
                    }
                }
            }
            assertEquals(model.acked(), window.acked(), "acked after step " + step);
            assertEquals(model.given, window.given(), "given after step " + step);
        }
    }

    @Property(tries = 200)
    void shouldSkipWhatIsForwarded(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MemorySegment memory = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, AckWindow.numbers(RECORDS));
        AckWindow window = new AckWindow(memory, 0);
        long to = random.nextLong(1000);
        window.forward(to);
        assertEquals(to, window.acked());
        window.give(to + 10);
        assertTrue(window.acknowledge(to + 1, to + 10));
        assertEquals(to, window.acked());
        window.forward(to + 1);
        assertEquals(to + 10, window.acked());
    }
}
