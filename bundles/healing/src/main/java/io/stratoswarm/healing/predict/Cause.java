package io.stratoswarm.healing.predict;

import java.util.Locale;

/** What a failure that is expected would come from, as far as it decides how to prevent it. */
public enum Cause {
    MEMORY_LEAK,
    DESCRIPTOR_LEAK,
    PROCESS_LEAK,
    DISK_FILLING,
    SLOWING_DOWN,
    THERMAL,
    CONTENTION,
    NETWORK,
    OTHER;

    /** In lower case with hyphens, as it is written. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
