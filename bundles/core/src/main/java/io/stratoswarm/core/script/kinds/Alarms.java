package io.stratoswarm.core.script.kinds;

/** Runs things later. */
public interface Alarms {
    /** What waits. */
    interface Alarm {
        /** It does not run any more, unless it has begun. */
        void cancel();
    }

    /** Runs an action that may block, once, after this time. */
    Alarm after(long millis, Runnable action);
}
