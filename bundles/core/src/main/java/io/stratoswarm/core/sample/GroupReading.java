package io.stratoswarm.core.sample;

import io.stratoswarm.core.process.Footprints;
import io.stratoswarm.core.process.Footprints.Group;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel counts for the cgroups of one agent. See cgroups(7), Documentation/admin-guide/cgroup-v2.rst and
 * cgroup-v1/ of the kernel. Files that are not there give nothing.
 */
final class GroupReading {
    static final String[] RESOURCES = {"cpu", "memory", "io"};

    private static final byte[] USER = Bytes.ascii("user_usec ");
    private static final byte[] SYSTEM = Bytes.ascii("system_usec ");
    private static final byte[] PERIODS = Bytes.ascii("nr_throttled ");
    private static final byte[] THROTTLED_MICROS = Bytes.ascii("throttled_usec ");
    private static final byte[] THROTTLED_NANOS = Bytes.ascii("throttled_time ");
    static final byte[] TOTAL = Bytes.ascii("total=");
    private static final byte[] OOM_KILL = Bytes.ascii("oom_kill ");
    private static final byte[] MAX = Bytes.ascii("max");
    /** Version 1 writes "no limit" as the highest number of whole pages. */
    private static final long NO_LIMIT = Long.MAX_VALUE / 2;

    private final @Nullable Held procs;
    /** Of the group's folder; empty where none holds all processes. */
    final String name;
    /** See {@link #above()}. */
    private final @Nullable Path above;

    private final @Nullable Held usage;
    /**
     * Version 1 has user and system time in two files, in nanoseconds, and both in one with a line for each processor, which is quicker
     * to read where these are few; then this is null.
     */
    private final @Nullable Held systemUsage;

    /** More lines take longer than a second file. */
    private static final int FEW_PROCESSORS = 16;

    private final boolean byProcessor;

    private final @Nullable Held[] pressure = new Held[3];
    private final @Nullable Held throttling;
    private final @Nullable Held memory;
    private final @Nullable Held tasks;
    private final @Nullable Group memoryGroup;
    private final @Nullable Group tasksGroup;
    private final @Nullable Group cpuGroup;

    long userNanos = -1;
    long systemNanos = -1;
    double throttledSeconds = Double.NaN;
    double throttledPeriods = Double.NaN;
    double memoryBytes = Double.NaN;
    double taskCount = Double.NaN;
    double memoryLimit = Double.NaN;
    double taskLimit = Double.NaN;
    double cpuLimit = Double.NaN;
    double oomKills = Double.NaN;

    /** Some and full of each resource, in microseconds; -1 where not told. */
    final long[] stalled = {-1, -1, -1, -1, -1, -1};

    private long pressureRound = -1;

    private GroupReading(Map<String, Group> groups, @Nullable Group tracking) {
        procs = file(tracking, "cgroup.procs", false);
        name = tracking == null ? "" : tracking.folder().getFileName().toString();
        boolean two = tracking != null && tracking.version() == 2;
        above = two && tracking != null ? tracking.folder().getParent() : null;
        Held all = two || Runtime.getRuntime().availableProcessors() > FEW_PROCESSORS
                ? null
                : file(tracking, "cpuacct.usage_all");
        byProcessor = all != null;
        usage = two ? file(tracking, "cpu.stat") : byProcessor ? all : file(tracking, "cpuacct.usage_user");
        systemUsage = two || byProcessor ? null : file(tracking, "cpuacct.usage_sys");
        for (int i = 0; i < RESOURCES.length; i++) {
            // Whoever runs waits for a processor now and then; for memory and storage few do.
            pressure[i] = two ? file(tracking, RESOURCES[i] + ".pressure", i == 0) : null;
        }
        cpuGroup = groups.get("cpu");
        memoryGroup = groups.get("memory");
        tasksGroup = groups.get("pids");
        // Of version 2 the one file tells of both use and throttling.
        throttling = cpuGroup != null && cpuGroup.version() == 1 ? file(cpuGroup, "cpu.stat") : null;
        memory = memoryGroup == null
                ? null
                : file(memoryGroup, memoryGroup.version() == 2 ? "memory.current" : "memory.usage_in_bytes");
        tasks = file(tasksGroup, "pids.current");
    }

    /** The groups that hold this process; those that do not, for a limit that was lifted or could not be set, are left out. */
    static GroupReading of(Map<String, Group> all, int pid, Reader reader) {
        Map<String, Group> groups = new java.util.HashMap<>(all);
        groups.values().removeIf(group -> !holds(group, pid, reader));
        return new GroupReading(groups, groups.get(Footprints.TRACKING));
    }

    private static boolean holds(Group group, int pid, Reader reader) {
        Held file = new Held(group.folder().resolve("cgroup.procs").toString());
        boolean found = false;
        if (file.read(reader)) {
            Bytes text = reader.text();
            do {
                found |= text.number() == pid;
            } while (text.nextLine());
        }
        file.close();
        return found;
    }

    private static @Nullable Held file(@Nullable Group group, String name) {
        return file(group, name, true);
    }

    private static @Nullable Held file(@Nullable Group group, String name, boolean hot) {
        if (group == null) {
            return null;
        }
        Path file = group.folder().resolve(name);
        return Files.exists(file) ? new Held(file.toString(), hot) : null;
    }

    /** The folder of the group above, where reading that makes reading this one cheaper. */
    @Nullable
    Path above() {
        return above;
    }

    boolean tracks() {
        return procs != null;
    }

    boolean tellsCpu() {
        return usage != null;
    }

    boolean tellsPressure() {
        return pressure[0] != null;
    }

    /** Reads processor time; whether any was used since the last time, and so whether anything of the agent can have changed. */
    boolean readCpu(Reader reader) {
        if (usage == null || !usage.read(reader)) {
            userNanos = -1;
            systemNanos = -1;
            return true;
        }
        long user;
        long system;
        Bytes text = reader.text();
        if (byProcessor) {
            user = 0;
            system = 0;
            // Behind a line of headings: the processor, user and system time.
            while (text.nextLine()) {
                text.skipWords(1);
                user += text.number();
                system += text.number();
            }
        } else if (systemUsage == null) {
            user = text.find(USER) ? text.number() * 1_000 : -1;
            system = text.find(SYSTEM) ? text.number() * 1_000 : -1;
            if (cpuGroup != null && cpuGroup.version() == 2 && text.find(PERIODS)) {
                throttledPeriods = text.number();
                throttledSeconds = text.find(THROTTLED_MICROS) ? text.number() / 1e6 : Double.NaN;
            }
        } else {
            user = text.number();
            system = systemUsage.read(reader) ? reader.text().number() : -1;
        }
        boolean ran = user != userNanos || system != systemNanos || user < 0;
        userNanos = user;
        systemNanos = system;
        return ran;
    }

    /** Numbers of the processes in the group, into an array that is made longer where needed; how many. */
    int[] members(Reader reader, int[] room) {
        if (procs == null || !procs.read(reader)) {
            room[0] = 0;
            return room;
        }
        Bytes text = reader.text();
        int[] found = room;
        int count = 0;
        for (long pid = text.number(); pid >= 0; pid = text.nextLine() ? text.number() : -1) {
            if (count + 1 == found.length) {
                found = java.util.Arrays.copyOf(found, 2 * found.length);
            }
            found[++count] = (int) pid;
        }
        found[0] = count;
        return found;
    }

    /** @param due whether everything is read in this round */
    void readUse(Reader reader, boolean due) {
        memoryBytes = number(memory, reader);
        taskCount = number(tasks, reader);
        // Without a limit of processor time the kernel throttles nothing.
        if (throttling != null && (due || !Double.isNaN(cpuLimit)) && throttling.read(reader)) {
            Bytes text = reader.text();
            throttledPeriods = text.find(PERIODS) ? text.number() : Double.NaN;
            throttledSeconds = text.find(THROTTLED_NANOS) ? text.number() / 1e9 : Double.NaN;
        }
    }

    private static double number(@Nullable Held file, Reader reader) {
        return file != null && file.read(reader) ? reader.text().number() : Double.NaN;
    }

    /**
     * Reads the pressure that may have grown.
     *
     * @param all whether all is read: above some microseconds may be rounded away that are told below
     */
    void readPressure(Reader reader, @Nullable GroupAbove groupAbove, long round, boolean all) {
        for (int i = 0; i < pressure.length; i++) {
            if (!all && groupAbove != null && !groupAbove.grew(i, pressureRound)) {
                continue;
            }
            Held file = pressure[i];
            stalled[2 * i] = -1;
            stalled[2 * i + 1] = -1;
            // Where pressure is switched off for a group the read fails.
            if (file != null && file.read(reader)) {
                Bytes text = reader.text();
                stalled[2 * i] = text.find(TOTAL) ? text.number() : -1;
                stalled[2 * i + 1] = text.find(TOTAL) ? text.number() : -1;
            }
        }
        pressureRound = round;
    }

    /** Limits, and how often the kernel killed; they change seldom. */
    void readLimits(Reader reader) {
        memoryLimit = limit(memoryGroup, "memory.max", "memory.limit_in_bytes", reader);
        taskLimit = limit(tasksGroup, "pids.max", "pids.max", reader);
        cpuLimit = Double.NaN;
        if (cpuGroup != null && cpuGroup.version() == 2) {
            if (once(cpuGroup, "cpu.max", reader) && !reader.text().pass(MAX)) {
                double quota = reader.text().number();
                cpuLimit = quota / reader.text().number();
            }
        } else if (cpuGroup != null && once(cpuGroup, "cpu.cfs_quota_us", reader)) {
            double quota = reader.text().number();
            if (quota > 0 && once(cpuGroup, "cpu.cfs_period_us", reader)) {
                cpuLimit = quota / reader.text().number();
            }
        }
        oomKills = Double.NaN;
        if (memoryGroup != null) {
            String file = memoryGroup.version() == 2 ? "memory.events" : "memory.oom_control";
            if (once(memoryGroup, file, reader) && reader.text().find(OOM_KILL)) {
                oomKills = reader.text().number();
            }
        }
    }

    private static double limit(@Nullable Group group, String two, String one, Reader reader) {
        if (group == null || !once(group, group.version() == 2 ? two : one, reader)) {
            return Double.NaN;
        }
        long value = reader.text().number();
        return value < 0 || value > NO_LIMIT ? Double.NaN : value;
    }

    private static boolean once(Group group, String name, Reader reader) {
        Held file = new Held(group.folder().resolve(name).toString());
        boolean read = file.read(reader);
        file.close();
        return read;
    }

    /** Lets go of the files that are not read in each round. */
    void letGoSeldom() {
        close(procs);
        close(pressure[1]);
        close(pressure[2]);
    }

    /** Lets go of all files but the one that is read even where nothing runs. */
    void letGo() {
        letGoSeldom();
        close(pressure[0]);
        close(memory);
        close(tasks);
        close(throttling);
    }

    void close() {
        letGo();
        close(usage);
        close(systemUsage);
    }

    private static void close(@Nullable Held file) {
        if (file != null) {
            file.close();
        }
    }
}
