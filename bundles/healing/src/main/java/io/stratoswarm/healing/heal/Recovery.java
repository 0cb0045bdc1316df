package io.stratoswarm.healing.heal;

import io.stratoswarm.api.metric.Sample;
import java.util.OptionalLong;

/**
 * Whether an agent that answered slower and slower answers as it used to, after something was done about it, and for how long it does so. What was
 * done is judged by what the alarm was raised by, since an agent that had not failed was well all the time. One thread at a time.
 */
final class Recovery {
    private final double usual;
    private final long fromMillis;
    private long heardMillis;
    private long wellMillis;
    private int slow;
    private long slowMillis;

    /**
     * @param usual what answers took before they became slow, in seconds
     * @param fromMillis what came before then says nothing
     */
    Recovery(double usual, long fromMillis) {
        this.usual = usual;
        this.fromMillis = fromMillis;
    }

    /** The newest answer to its liveness probe, which may be one that was heard before. */
    void heard(Sample answer) {
        if (answer.timeMillis() <= Math.max(fromMillis, heardMillis)) {
            return;
        }
        heardMillis = answer.timeMillis();
        if (!Slowness.slow(answer.value(), usual)) {
            slow = 0;
            wellMillis = wellMillis == 0 ? heardMillis : wellMillis;
        } else if (++slow == 1) {
            slowMillis = heardMillis;
        }
    }

    /** Whether it has answered at all. */
    boolean answered() {
        return heardMillis > 0;
    }

    /** Since when it answers as it used to. */
    OptionalLong well() {
        return wellMillis > 0 ? OptionalLong.of(wellMillis) : OptionalLong.empty();
    }

    /** Since when it is slow again: one that is so now and then has it once, and not twice on end. */
    OptionalLong again() {
        return wellMillis > 0 && slow > 1 ? OptionalLong.of(slowMillis) : OptionalLong.empty();
    }
}
