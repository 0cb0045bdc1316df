package io.stratoswarm.core.sample;

import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one process was seen to use, and the files that tell. See proc_pid_stat(5), proc_pid_io(5) and proc_pid_status(5). */
final class ProcessReading {
    private static final byte[] VOLUNTARY = Bytes.ascii("\nvoluntary_ctxt_switches:");
    private static final byte[] INVOLUNTARY = Bytes.ascii("\nnonvoluntary_ctxt_switches:");
    private static final byte[] SWAP = Bytes.ascii("\nVmSwap:");
    private static final byte[] PSS = Bytes.ascii("\nPss:");
    private static final byte[] COLON = Bytes.ascii(": ");

    /** Of a process with more its switches are not told where files tell them. */
    private static final int MOST_THREADS = 512;

    private final Host host;
    final int pid;
    final long startTicks;
    private final Held stat;
    private final Held io;
    private final Held status;
    private final Held descriptors;

    char state = '?';
    int parent;
    int session;
    long userTicks;
    long systemTicks;
    long faults;
    long threads;
    long rssPages;

    /** Read and written characters, calls of each, storage read and written; -1 where they may not be read. */
    final long[] counts = {-1, -1, -1, -1, -1, -1};

    long openFds = -1;
    private boolean descriptorsChanged = true;
    long voluntary = -1;
    long involuntary = -1;
    long swapKiB = -1;
    /** What those of its threads switched at the least that taskstats no longer count, since they ended. */
    private long endedVoluntary;

    private long endedInvoluntary;
    /** Where files tell: what each thread switched; one that ended keeps what it was last seen with. */
    private @Nullable Map<Long, long[]> perThread;

    private ProcessReading(Host host, int pid, long startTicks, Held stat) {
        this.host = host;
        this.pid = pid;
        this.startTicks = startTicks;
        this.stat = stat;
        this.io = new Held(host.process(pid, "io"));
        this.status = new Held(host.process(pid, "status"), false);
        this.descriptors = new Held(host.process(pid, "fd"));
    }

    /** The process that has this pid now; null where none has. */
    static @Nullable ProcessReading open(Host host, int pid, Reader reader) {
        Held stat = new Held(host.process(pid, "stat"));
        if (!stat.read(reader)) {
            stat.close();
            return null;
        }
        Bytes text = reader.text();
        if (!text.findLast(')')) {
            stat.close();
            return null;
        }
        // Field 22; the name is the second and was passed.
        text.skipWords(19);
        ProcessReading made = new ProcessReading(host, pid, text.number(), stat);
        return made.readStat(reader) ? made : null;
    }

    /** Reads what every round needs; false where it has ended, or where the pid is another process's by now. */
    boolean readStat(Reader reader) {
        if (!stat.read(reader)) {
            return false;
        }
        Bytes text = reader.text();
        if (!text.findLast(')')) {
            return false;
        }
        int stateAt = text.place() + 1;
        text.to(stateAt + 1);
        int itsParent = (int) text.number();
        text.skipWords(1);
        int itsSession = (int) text.number();
        text.skipWords(5);
        long itsFaults = text.number() + text.number();
        long user = text.number();
        long system = text.number();
        long childrenUser = text.number();
        long childrenSystem = text.number();
        text.skipWords(2);
        long itsThreads = text.number();
        text.skipWords(1);
        if (text.number() != startTicks) {
            return false;
        }
        text.skipWords(1);
        rssPages = text.number();
        state = (char) text.byteAt(stateAt);
        parent = itsParent;
        session = itsSession;
        faults = itsFaults;
        userTicks = user + childrenUser;
        systemTicks = system + childrenSystem;
        threads = itsThreads;
        return state != 'X';
    }

    /** Reads what it moved; where that is forbidden it stays unknown. */
    void readIo(Reader reader) {
        if (!io.read(reader)) {
            Arrays.fill(counts, -1);
            return;
        }
        Bytes text = reader.text();
        for (int i = 0; i < counts.length && text.find(COLON); i++) {
            counts[i] = text.number();
        }
    }

    void countDescriptors(Reader reader, boolean list) {
        if (host.countsDescriptors()) {
            long before = openFds;
            openFds = descriptors.size(reader);
            descriptorsChanged |= openFds != before || openFds < 0;
        } else if (list) {
            String[] names = host.proc().resolve(pid + "/fd").toFile().list();
            openFds = names == null ? -1 : names.length;
        }
    }

    /** Whether their number may have changed since this was asked before. */
    boolean descriptorsChanged() {
        boolean answer = descriptorsChanged || !host.countsDescriptors();
        descriptorsChanged = false;
        return answer;
    }

    void readSwap(Reader reader) {
        if (status.read(reader) && reader.text().find(SWAP)) {
            swapKiB = reader.text().number();
        }
    }

    /** Takes the context switches of all its threads as taskstats tell them. */
    void switched(long nowVoluntary, long nowInvoluntary) {
        endedVoluntary += Math.max(0, voluntary - endedVoluntary - nowVoluntary);
        endedInvoluntary += Math.max(0, involuntary - endedInvoluntary - nowInvoluntary);
        voluntary = endedVoluntary + nowVoluntary;
        involuntary = endedInvoluntary + nowInvoluntary;
    }

    /** Reads context switches from files; of a process with several threads those of all of them. */
    void readSwitches(Reader reader) {
        if (!status.read(reader)) {
            return;
        }
        long[] found = switches(reader.text());
        if (found != null && threads <= 1 && perThread == null) {
            voluntary = found[0];
            involuntary = found[1];
        } else if (found != null) {
            readThreads(reader);
        }
    }

    private static long @Nullable [] switches(Bytes text) {
        if (!text.find(VOLUNTARY)) {
            return null;
        }
        long first = text.number();
        return text.find(INVOLUNTARY) ? new long[] {first, text.number()} : null;
    }

    private void readThreads(Reader reader) {
        String[] names = host.proc().resolve(pid + "/task").toFile().list();
        if (names == null || names.length > MOST_THREADS) {
            voluntary = -1;
            involuntary = -1;
            return;
        }
        Map<Long, long[]> seen = perThread == null ? new HashMap<>() : perThread;
        perThread = seen;
        for (String name : names) {
            Held one = new Held(host.process(pid, "task/" + name + "/status"));
            if (one.read(reader)) {
                long[] found = switches(reader.text());
                if (found != null) {
                    seen.merge(Long.parseLong(name), found, ProcessReading::later);
                }
            }
            one.close();
        }
        long first = 0;
        long second = 0;
        for (long[] both : seen.values()) {
            first += both[0];
            second += both[1];
        }
        voluntary = first;
        involuntary = second;
    }

    private static long[] later(long[] old, long[] now) {
        return new long[] {Math.max(old[0], now[0]), Math.max(old[1], now[1])};
    }

    /** Proportional memory in KiB, by a walk through its page tables; -1 where that is forbidden. */
    long readPss(Reader reader) {
        Held rollup = new Held(host.process(pid, "smaps_rollup"));
        try {
            return rollup.read(reader) && reader.text().find(PSS)
                    ? reader.text().number()
                    : -1;
        } finally {
            rollup.close();
        }
    }

    /** Soft limit of its descriptors; -1 where that is not known. */
    long maxFds() {
        try {
            return Linux.rlimit(pid, 7)[0];
        } catch (io.stratoswarm.core.linux.LinuxException goneOrForbidden) {
            return -1;
        }
    }

    /** The inodes of its sockets, found by the targets of its descriptors; null where that is forbidden. */
    long @Nullable [] socketInodes(Reader reader) {
        int folder = descriptors.open(reader.descriptors());
        if (folder < 0) {
            return null;
        }
        long[] found = new long[8];
        int count = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(64);
            MemorySegment entries = reader.buffer();
            Linux.rewind(folder);
            long bytes = Linux.entries(folder, entries);
            while (bytes > 0) {
                for (long at = 0; at < bytes; at += entries.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 16)) {
                    // struct linux_dirent64: inode, offset, length of the record, type, name.
                    MemorySegment name = entries.asSlice(at + 19);
                    long length = name.get(ValueLayout.JAVA_BYTE, 0) == '.' ? -1 : Linux.readLink(folder, name, target);
                    long inode = length > 0 ? inode(target, length) : -1;
                    if (inode >= 0) {
                        if (count == found.length) {
                            found = Arrays.copyOf(found, 2 * count);
                        }
                        found[count++] = inode;
                    }
                }
                bytes = Linux.entries(folder, entries);
            }
            return bytes < 0 ? null : Arrays.copyOf(found, count);
        } finally {
            descriptors.release(folder);
        }
    }

    /** The number in {@code socket:[123]}; -1 for anything else. */
    private static long inode(MemorySegment target, long length) {
        if (length < 10 || target.get(ValueLayout.JAVA_BYTE, 0) != 's' || target.get(ValueLayout.JAVA_BYTE, 6) != ':') {
            return -1;
        }
        long value = 0;
        for (long i = 8; i < length - 1; i++) {
            value = value * 10 + (target.get(ValueLayout.JAVA_BYTE, i) - '0');
        }
        return value;
    }

    boolean ioForbidden() {
        return counts[0] < 0;
    }

    double userSeconds() {
        return userTicks / (double) ProcFs.TICKS_A_SECOND;
    }

    double systemSeconds() {
        return systemTicks / (double) ProcFs.TICKS_A_SECOND;
    }

    /** See {@link GroupReading#letGoSeldom}. */
    void letGoSeldom() {
        status.close();
    }

    void letGo() {
        letGoSeldom();
        io.close();
        descriptors.close();
    }

    void close() {
        stat.close();
        letGo();
    }
}
