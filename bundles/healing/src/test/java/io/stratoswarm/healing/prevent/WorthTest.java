package io.stratoswarm.healing.prevent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WorthTest {
    private static Worth of(int treated, int failed, double down, int heldOut, int heldOutFailed, double heldOutDown) {
        Worth worth = Worth.NOTHING;
        for (int i = 0; i < treated; i++) {
            worth = worth.and(false, i < failed, down * (0.9 + 0.2 * (i % 2)));
        }
        for (int i = 0; i < heldOut; i++) {
            worth = worth.and(true, i < heldOutFailed, heldOutDown * (0.9 + 0.2 * (i % 2)));
        }
        return worth;
    }

    @Test
    void shouldCallWorseWhatFailsMoreOrIsDownForLongerWithoutFailingLess() {
        assertTrue(of(20, 15, 1, 20, 2, 1).worse(), "it fails more");
        assertTrue(of(20, 2, 9, 20, 2, 1).worse(), "it fails as often and is down for longer");
        assertFalse(of(20, 0, 9, 20, 18, 1).worse(), "a longer restart that spares failures");
        assertFalse(of(20, 2, 1, 20, 15, 5).worse());
        assertFalse(of(7, 7, 9, 20, 0, 0).worse(), "too few to tell");
        assertFalse(of(20, 0, 0, 20, 0, 0).worse(), "no difference is no harm");
        assertTrue(of(20, 0, 2, 20, 0, 0).worse(), "restarts for nothing");
    }

    @Test
    void shouldForgetWhatWasMeasuredWhereItIsLetAgain() {
        Worth off = of(20, 15, 1, 20, 2, 1).turned(false, "worse");
        assertEquals("worse", off.off());
        assertEquals(20, off.treated().count(), "what was measured stays to be read");
        assertEquals(Worth.NOTHING, off.turned(true, ""));
    }

    /** Looked at once, of sides that are alike about one in twenty is called worse; each look again adds to that. */
    @Test
    void shouldSeldomCallWorseWhatIsAlike() {
        long seed = 7;
        SplittableRandom random = new SplittableRandom(seed);
        int wrong = 0;
        for (int i = 0; i < 2_000; i++) {
            Worth worth = Worth.NOTHING;
            for (int n = 0; n < 40; n++) {
                worth = worth.and(n % 2 == 0, random.nextDouble() < 0.5, 10 * random.nextDouble());
            }
            wrong += worth.worse() ? 1 : 0;
        }
        assertTrue(wrong < 2_000 * 0.08, "seed " + seed + ": " + wrong + " of 2000");
    }
}
