package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.linux.LinuxFailure;

/** How the memory of stopped processes is taken. Used for one copying. */
interface Taking extends AutoCloseable {
    /** Copies it while they are stopped. */
    Taking WHILE_STOPPED = (image, tracer, memory) -> memory.copy(image, image.pid, image.areas, false);

    /** Looks for what is needed, while the process runs; false where little of its memory will be copied. */
    default boolean prepare(Image rehearsal) throws LinuxFailure {
        return true;
    }

    /** While the threads of the process stand still. */
    void take(Image image, Tracer tracer, Memory memory) throws LinuxFailure;

    /**
     * When all run again, by the same thread.
     *
     * @return how long a process was stopped once more for it, at most, in nanoseconds
     */
    default long finish(Memory memory) {
        return 0;
    }

    /** Gives back what was taken to be prepared. */
    @Override
    default void close() {}
}
