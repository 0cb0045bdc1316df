package io.stratoswarm.core.worker;

import java.nio.file.Path;
import java.util.function.LongSupplier;

/** Makes the pool of workers. */
public final class WorkerPools {
    private WorkerPools() {}

    /**
     * Starts nothing.
     *
     * @param home of the distribution, which has the folder {@code script-worker}
     * @param work folder of the workers, made at first use: logs, and what a language unpacks
     * @param jdkHome of the JDK that workers run on
     * @param nanos a monotonic clock
     */
    public static WorkerPool open(Path home, Path work, Path jdkHome, LongSupplier nanos) {
        return new Workers(
                new Installation(home.toAbsolutePath(), work.toAbsolutePath(), jdkHome.toAbsolutePath()), nanos);
    }
}
