package io.stratoswarm.core.sample;

import io.stratoswarm.core.linux.Errno;
import io.stratoswarm.core.linux.LinuxException;
import io.stratoswarm.core.linux.TaskStats;
import org.jspecify.annotations.Nullable;

/**
 * Where context switches come from: the kernel's taskstats, asked for several processes at once, or the files of each thread, which cost
 * several times as much. For one thread at a time.
 */
final class TaskCounts implements AutoCloseable {
    private final @Nullable TaskStats stats;
    private final @Nullable String missing;
    private final ProcessReading[] asked = new ProcessReading[TaskStats.MOST];
    private final int[] pids = new int[TaskStats.MOST];
    private final long[] voluntary = new long[TaskStats.MOST];
    private final long[] involuntary = new long[TaskStats.MOST];
    private int count;

    private TaskCounts(@Nullable TaskStats stats, @Nullable String missing) {
        this.stats = stats;
        this.missing = missing;
    }

    static TaskCounts ofThisKernel() {
        try {
            return new TaskCounts(new TaskStats(), null);
        } catch (LinuxException e) {
            return fromFiles(e.getMessage());
        }
    }

    static TaskCounts fromFiles(@Nullable String why) {
        return new TaskCounts(null, why);
    }

    /** Why files are read; null where taskstats tell. */
    @Nullable
    String missing() {
        return missing;
    }

    /** Reads the switches of a process, at the latest in {@link #flush}. */
    void read(ProcessReading process, Reader reader) {
        if (stats == null) {
            process.readSwitches(reader);
            return;
        }
        asked[count] = process;
        pids[count++] = process.pid;
        if (count == asked.length) {
            flush(reader);
        }
    }

    /** Takes the answers; who got none is looked up in files. */
    void flush(Reader reader) {
        if (stats == null || count == 0) {
            return;
        }
        stats.ask(pids, count, voluntary, involuntary);
        for (int i = 0; i < count; i++) {
            if (voluntary[i] >= 0) {
                asked[i].switched(voluntary[i], involuntary[i]);
            } else if (voluntary[i] != -Errno.ESRCH) {
                asked[i].readSwitches(reader);
            }
        }
        count = 0;
    }

    @Override
    public void close() {
        if (stats != null) {
            stats.close();
        }
    }
}
