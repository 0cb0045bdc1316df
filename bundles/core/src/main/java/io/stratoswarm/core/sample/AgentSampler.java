package io.stratoswarm.core.sample;

import io.stratoswarm.api.metric.SampleRow;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.core.linux.ProcFs;
import io.stratoswarm.core.process.Footprint;
import io.stratoswarm.core.process.Footprints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Measures one incarnation of one agent: its main process and what that started. In a cgroup whose processor time has not changed
 * nothing has run, so nothing but what the kernel takes away can have changed either, and one file tells it all.
 */
final class AgentSampler {
    /** What is read seldom, and all of an agent that does not run, is read every so many rounds. */
    static final int SELDOM = 15;
    /** More processes than this are not all looked at in each round; those beyond are told of as processes alone. */
    private static final int MOST_PROCESSES = 256;

    private final Host host;
    private final Footprint what;
    private final int phase;
    private final AgentSeries series;
    private final GroupReading group;
    private final List<ProcessReading> processes = new ArrayList<>();
    private final Rising[] io = new Rising[6];
    private final Rising user = new Rising();
    private final Rising system = new Rising();
    private final Rising faulted = new Rising();
    private final double[] ioTotals = new double[6];
    private int[] members = new int[8];
    private int memberCount;
    /** What {@link #unknownTasks} was when the members were listed. */
    private double others = Double.NaN;

    private double endedVoluntary;
    private double endedInvoluntary;
    private boolean first = true;
    /** Whether context switches and pressure may have changed since they were read. */
    private boolean slowDue = true;
    /** Whether a process waited or could run when last seen: then pressure grows although nothing runs. */
    private boolean waiting;

    private boolean ran = true;
    private boolean ranSinceAsked = true;
    private long lastRound;
    private boolean mainSeen;
    /** Whether descriptors were counted since any of it ran. */
    private boolean descriptorsKnown;

    private double userSeconds = Double.NaN;
    private double systemSeconds = Double.NaN;
    private double faults = Double.NaN;
    private double pssKiB = Double.NaN;
    private double maxFds = Double.NaN;

    AgentSampler(Host host, Footprint what, Footprints.Place place, AgentSeries series, Reader reader) {
        this.host = host;
        this.what = what;
        this.phase = what.agent().hashCode();
        this.series = series;
        this.group = GroupReading.of(place.groups(), what.pid(), reader);
        for (int i = 0; i < io.length; i++) {
            io[i] = new Rising();
        }
        Arrays.fill(ioTotals, Double.NaN);
    }

    Footprint what() {
        return what;
    }

    /** Whether this is the round in which this agent has its turn; agents are spread over the rounds. */
    boolean turn(long round, int every) {
        return Math.floorMod(round - phase, every) == 0;
    }

    /** See {@link GroupReading#above()}. */
    @Nullable
    Path above() {
        return group.above();
    }

    AgentSeries series() {
        return series;
    }

    /** Whether its processes must be found by a walk over all processes of the host. */
    boolean needsSearch() {
        return !group.tracks();
    }

    boolean tellsPressure() {
        return group.tellsPressure();
    }

    List<ProcessReading> processes() {
        return processes;
    }

    /** Whether any of it ran since this was asked before. */
    boolean ranSinceAsked() {
        boolean answer = ranSinceAsked;
        ranSinceAsked = false;
        return answer;
    }

    /** Says that the agent is there in this round. */
    void isThere(long round) {
        lastRound = round;
    }

    boolean wasThere(long round) {
        return lastRound == round;
    }

    /**
     * Reads what every round needs.
     *
     * @param above the group above its own, just read
     * @param seldom whether this is the round in which everything is read
     * @param searched its processes as a search found them, or null where there was none
     * @param grown names of the cgroups that may have new members, or null where any may
     * @param descriptors whether descriptors are counted as well
     */
    void read(
            Reader reader,
            @Nullable GroupAbove above,
            boolean seldom,
            @Nullable List<Integer> searched,
            @Nullable Set<String> grown,
            boolean descriptors) {
        boolean due = seldom || first;
        boolean mayHaveRun = due || above == null || above.ran();
        ran = mayHaveRun && (group.readCpu(reader) || !group.tellsCpu());
        // Also now and then where nothing ran, since above some microseconds of pressure may have been rounded away.
        slowDue |= ran || waiting || due;
        ranSinceAsked |= ran;
        if (!ran && !due) {
            return;
        }
        group.readUse(reader, due);
        if (!group.tracks()) {
            followSearched(searched, reader);
        } else if (due || grown == null || !grown.isEmpty() && grown.contains(group.name)) {
            followMembers(reader);
        } else {
            followKnown(reader);
            if (!Double.isNaN(group.taskCount) && unknownTasks() != others) {
                followMembers(reader);
            }
        }
        sum();
        descriptorsKnown = descriptors || due;
        if (descriptorsKnown) {
            for (ProcessReading process : processes) {
                process.countDescriptors(reader, due);
            }
        }
        if (due) {
            group.readLimits(reader);
            ProcessReading main = main();
            long soft = main == null ? -1 : main.maxFds();
            maxFds = soft < 0 ? Double.NaN : soft;
            for (ProcessReading process : processes) {
                process.readSwap(reader);
            }
        }
        first = false;
    }

    private static int[] array(List<Integer> pids) {
        int[] all = new int[pids.size() + 1];
        all[0] = pids.size();
        for (int i = 0; i < pids.size(); i++) {
            all[i + 1] = pids.get(i);
        }
        return all;
    }

    /**
     * Reads what can cost most: pressure, and context switches, which may come with the next {@link TaskCounts#flush} only.
     *
     * @param seldom whether this is the round in which everything is read
     */
    void readSlow(Reader reader, TaskCounts counts, @Nullable GroupAbove above, long round, boolean seldom) {
        for (ProcessReading process : processes) {
            counts.read(process, reader);
        }
        group.readPressure(reader, above, round, seldom);
        slowDue = false;
    }

    /** Whether {@link #readSlow} is due. */
    boolean wantsSlow() {
        return slowDue;
    }

    private @Nullable ProcessReading main() {
        for (ProcessReading process : processes) {
            if (process.pid == what.pid()) {
                return process;
            }
        }
        return null;
    }

    /**
     * Tasks that the kernel counts in the group beyond those of the processes that are known: where that has not changed since the
     * members were listed, no process has joined them.
     */
    private double unknownTasks() {
        double tasks = group.taskCount;
        for (ProcessReading process : processes) {
            tasks -= process.threads;
        }
        return tasks;
    }

    /** Reads the processes of the agent, its keeper left out; the main one first, since a parent must be read before its child. */
    private void follow(int[] found, Reader reader) {
        keep(found, reader);
        memberCount = found[0];
        for (int i = 1; i <= found[0]; i++) {
            int pid = found[i];
            if (pid == what.keeper()) {
                memberCount--;
            } else if (processes.size() < MOST_PROCESSES && !known(pid)) {
                adopt(pid, reader);
            }
        }
        mainSeen = known(what.pid());
    }

    private void followSearched(@Nullable List<Integer> searched, Reader reader) {
        if (searched != null) {
            follow(array(searched), reader);
        } else if (first) {
            follow(new int[] {1, what.pid()}, reader);
        } else {
            followKnown(reader);
        }
    }

    private void followMembers(Reader reader) {
        members = group.members(reader, members);
        follow(members, reader);
        others = unknownTasks();
    }

    /** Reads those that are known, and no others. */
    private void followKnown(Reader reader) {
        int before = processes.size();
        keep(null, reader);
        memberCount -= before - processes.size();
        mainSeen = known(what.pid());
    }

    /** Reads those that are known, and lets go of those that ended. */
    private void keep(int @Nullable [] found, Reader reader) {
        for (int i = 0; i < processes.size(); ) {
            ProcessReading process = processes.get(i);
            if ((found == null || contains(found, process.pid)) && process.readStat(reader) && process.state != 'Z') {
                process.readIo(reader);
                i++;
            } else {
                forget(process);
                processes.remove(i);
            }
        }
    }

    private void adopt(int pid, Reader reader) {
        ProcessReading fresh = ProcessReading.open(host, pid, reader);
        if (fresh == null) {
            return;
        }
        boolean impostor = pid == what.pid() && what.startTicks() >= 0 && fresh.startTicks != what.startTicks();
        if (impostor || fresh.state == 'Z') {
            fresh.close();
            return;
        }
        fresh.readIo(reader);
        if (pid == what.pid()) {
            processes.addFirst(fresh);
        } else {
            processes.add(fresh);
        }
    }

    private void forget(ProcessReading process) {
        endedVoluntary += Math.max(0, process.voluntary);
        endedInvoluntary += Math.max(0, process.involuntary);
        process.close();
    }

    private static boolean contains(int[] found, int pid) {
        for (int i = 1; i <= found[0]; i++) {
            if (found[i] == pid) {
                return true;
            }
        }
        return false;
    }

    private boolean known(int pid) {
        for (ProcessReading process : processes) {
            if (process.pid == pid) {
                return true;
            }
        }
        return false;
    }

    private void sum() {
        double userSum = 0;
        double systemSum = 0;
        double faultSum = 0;
        double[] ioSum = new double[6];
        boolean forbidden = false;
        waiting = false;
        for (ProcessReading process : processes) {
            userSum += process.userSeconds();
            systemSum += process.systemSeconds();
            faultSum += process.faults;
            waiting |= process.state == 'D' || process.state == 'R';
            forbidden |= process.ioForbidden();
            for (int i = 0; i < 6; i++) {
                ioSum[i] += process.counts[i];
            }
        }
        if (!mainSeen) {
            // It has just ended, and its end will be told; the last values are not repeated for it.
            return;
        }
        userSeconds = user.next(userSum);
        systemSeconds = system.next(systemSum);
        faults = faulted.next(faultSum);
        for (int i = 0; i < 6; i++) {
            ioTotals[i] = forbidden ? Double.NaN : io[i].next(ioSum[i]);
        }
    }

    /**
     * Tells what is known; what this host does not tell is left out.
     *
     * @param batch takes what is told seldom; all else goes into the row of this agent's series
     * @return whether anything is known
     */
    boolean emit(Batch batch, boolean seldom, double uptimeSeconds) {
        if (!mainSeen) {
            return false;
        }
        SampleRow row = series.row;
        row.begin(batch.timeMillis());
        boolean byGroup = group.userNanos >= 0 && group.systemNanos >= 0;
        set(row, AgentSeries.CPU_USER, byGroup ? group.userNanos / 1e9 : userSeconds);
        set(row, AgentSeries.CPU_SYSTEM, byGroup ? group.systemNanos / 1e9 : systemSeconds);
        set(row, AgentSeries.FAULTS, faults);
        for (int i = 0; i < ioTotals.length; i++) {
            set(row, AgentSeries.IO + i, ioTotals[i]);
        }
        double rss = 0;
        double threads = 0;
        double fds = 0;
        double swap = 0;
        double voluntary = endedVoluntary;
        double involuntary = endedInvoluntary;
        boolean switchesKnown = true;
        for (ProcessReading process : processes) {
            rss += process.rssPages;
            threads += process.threads;
            fds = process.openFds < 0 ? Double.NaN : fds + process.openFds;
            swap = process.swapKiB < 0 ? Double.NaN : swap + process.swapKiB;
            switchesKnown &= process.voluntary >= 0;
            voluntary += process.voluntary;
            involuntary += process.involuntary;
        }
        set(row, AgentSeries.RSS, rss * host.pageBytes());
        set(row, AgentSeries.PROCESSES, memberCount);
        set(row, AgentSeries.THREADS, threads);
        if (descriptorsKnown) {
            set(row, AgentSeries.OPEN_FDS, fds);
        }
        if (!slowDue && switchesKnown) {
            set(row, AgentSeries.VOLUNTARY, voluntary);
            set(row, AgentSeries.INVOLUNTARY, involuntary);
        }
        if (!slowDue) {
            for (int i = 0; i < group.stalled.length; i++) {
                set(row, AgentSeries.PRESSURE + i, group.stalled[i] < 0 ? Double.NaN : group.stalled[i] / 1e6);
            }
        }
        set(row, AgentSeries.MEMORY, group.memoryBytes);
        set(row, AgentSeries.TASKS, group.taskCount);
        set(row, AgentSeries.THROTTLED, group.throttledSeconds);
        set(row, AgentSeries.THROTTLED_PERIODS, group.throttledPeriods);
        if (seldom) {
            emitSeldom(batch, swap, uptimeSeconds);
        }
        return true;
    }

    private void emitSeldom(Batch batch, double swapKiB, double uptimeSeconds) {
        add(batch, series.maxFds, maxFds);
        add(batch, series.swap, swapKiB * 1_024);
        add(batch, series.pss, pssKiB * 1_024);
        add(batch, series.memoryLimit, group.memoryLimit);
        add(batch, series.taskLimit, group.taskLimit);
        add(batch, series.cpuLimit, group.cpuLimit);
        add(batch, series.oomKills, group.oomKills);
        ProcessReading main = main();
        if (main != null) {
            add(batch, series.uptime, uptimeSeconds - main.startTicks / (double) ProcFs.TICKS_A_SECOND);
        }
        pssKiB = Double.NaN;
    }

    private static void set(SampleRow row, int place, double value) {
        if (!Double.isNaN(value)) {
            row.set(place, value);
        }
    }

    private static void add(Batch batch, Series one, double value) {
        if (!Double.isNaN(value)) {
            batch.add(one, value);
        }
    }

    /** Walks through the page tables of its processes; dear, so rarely done. */
    void readPss(Reader reader) {
        double sum = 0;
        for (ProcessReading process : processes) {
            long kib = process.readPss(reader);
            sum = kib < 0 ? Double.NaN : sum + kib;
        }
        pssKiB = sum;
    }

    /** Lets go of the files that are not read in each round. */
    void letGoSeldom() {
        group.letGoSeldom();
        processes.forEach(ProcessReading::letGoSeldom);
    }

    void letGo() {
        group.letGo();
        processes.forEach(ProcessReading::letGo);
    }

    void close() {
        group.close();
        processes.forEach(ProcessReading::close);
        processes.clear();
    }
}
