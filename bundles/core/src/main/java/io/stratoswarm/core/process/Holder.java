package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.linux.Epoll;
import io.stratoswarm.core.linux.Errno;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import io.stratoswarm.core.pipe.PipeHolder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that holds the pipes of this data folder, seen from the daemon. It is started with the first pipe and ends with the
 * last. One that an earlier daemon left is taken up; where it is killed, another is started and given all pipes, which this
 * process has open as well.
 */
final class Holder implements PipeHolder, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Holder.class);
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._%+/-]+");
    private static final String OPEN = "open ";
    private static final String END = "end ";
    private static final int QUICK_TRIES = 400;
    private static final long QUICK_NANOS = 50_000;
    private static final int TRIES = 5_000;
    private static final long PAUSE_NANOS = 2_000_000;
    private static final String WHAT = "the process that holds the pipes";

    private final Path folder;
    private final ProcFs proc;
    private final String bootId;
    private final Watcher watcher;
    private final Detached detached;
    /** What is held and by which order, by path below the data folder. */
    private final Map<String, String> held = new LinkedHashMap<>();

    private int pid;
    private long startTicks;
    private int descriptor = -1;
    private long watched;
    private int control = -1;
    private int answers = -1;
    private String heard = "";
    private long serial;
    private boolean closed;

    /** @param serial differs from that of every earlier daemon, so that no answer to one of them is taken for ours */
    Holder(DataFolder data, ProcFs proc, String bootId, Watcher watcher, Detached detached, long serial) {
        this.folder = data.pipes();
        this.proc = proc;
        this.bootId = bootId;
        this.watcher = watcher;
        this.detached = detached;
        this.serial = serial;
    }

    @Override
    public synchronized void hold(Collection<Path> fifos) {
        List<String> names = fifos.stream().map(this::name).toList();
        names.forEach(name -> held.put(name, OPEN));
        try {
            tell(names.stream().map(name -> OPEN + name).toList());
        } catch (StratoswarmException e) {
            names.forEach(held::remove);
            throw e;
        }
    }

    /** Keeps what is in a pipe for whoever reads it, and holds its writing end no more. */
    synchronized void end(Path fifo) {
        held.put(name(fifo), END);
        tell(List.of(END + name(fifo)));
    }

    @Override
    public synchronized void letGo(Collection<Path> fifos) {
        List<String> orders = new ArrayList<>();
        for (Path fifo : fifos) {
            if (held.remove(name(fifo)) != null) {
                orders.add("close " + name(fifo));
            }
        }
        if (held.isEmpty()) {
            finish();
        } else if (!orders.isEmpty() && alive()) {
            send(orders); // One that is gone, or dies over it, holds nothing; the next is told what is held then.
        }
    }

    /** Ends one that an earlier daemon left and that has nothing to hold any more. */
    synchronized void finishIdle() {
        if (held.isEmpty()) {
            finish();
        }
    }

    /** Ends it whatever it holds: the operator has all stopped. */
    synchronized void finish() {
        try {
            if (alive() || takeRunning()) {
                send(List.of("\nquit"));
                for (int tries = 0; tries < TRIES && alive(); tries++) {
                    LockSupport.parkNanos(QUICK_NANOS);
                }
                if (alive()) {
                    int last = pid;
                    long ticks = startTicks;
                    Sweeper.kill(last, candidate -> same(candidate, ticks));
                }
            }
            forget();
            Files.deleteIfExists(folder.resolve("holder"));
        } catch (IOException e) {
            LOG.warn("{} cannot be ended: {}", WHAT, Cgroups.reason(e));
        }
    }

    /** Lets it run. */
    @Override
    public synchronized void close() {
        closed = true;
        forget();
    }

    /** In an order's words the path is relative and plain, whatever the data folder is called. */
    private String name(Path fifo) {
        String name = folder.relativize(fifo.toAbsolutePath()).toString();
        if (!PLAIN.matcher(name).matches()) {
            throw new IllegalArgumentException("the pipe '" + name + "' has a character that no pipe's name may have");
        }
        return name;
    }

    /** Returns once the orders have been carried out. */
    private void tell(List<String> orders) {
        for (int attempt = 0; attempt < 3; attempt++) {
            List<String> all = orders;
            if (!alive()) {
                if (closed) {
                    return;
                }
                startOrTake();
                all = held.entrySet().stream()
                        .map(entry -> entry.getValue() + entry.getKey())
                        .toList();
            }
            if (carriedOut(all)) {
                return;
            }
        }
        throw new StratoswarmException(
                StratoswarmException.Kind.SYSTEM,
                WHAT + " was killed again and again, so nothing can be connected; what it said last is in "
                        + folder.resolve("launch"));
    }

    /** False where it was killed meanwhile. */
    private boolean carriedOut(List<String> orders) {
        String token = Long.toString(++serial);
        List<String> lines = new ArrayList<>();
        // Ends what an earlier daemon may have been writing when it was killed.
        lines.add("");
        lines.addAll(orders);
        lines.add("sync " + token);
        send(lines);
        for (int tries = 0; tries < TRIES; tries++) {
            String answer = answer("sync " + token + " ");
            if (answer != null) {
                if (!answer.equals("0")) {
                    throw new StratoswarmException(
                            StratoswarmException.Kind.SYSTEM,
                            WHAT + " could not open " + answer + " of " + orders.size() + " pipes; it may have "
                                    + "reached the limit of open files (raise the daemon's hard limit nofile), or "
                                    + "they were deleted");
                }
                return true;
            }
            if (pid != 0 && !alive()) {
                return false;
            }
            LockSupport.parkNanos(tries < QUICK_TRIES ? QUICK_NANOS : PAUSE_NANOS);
        }
        throw new StratoswarmException(
                StratoswarmException.Kind.TIMEOUT,
                WHAT + " (process " + pid + ") does not answer within ten seconds; it is needed to connect agents. "
                        + "If it hangs, kill it; another is started");
    }

    private void send(List<String> lines) {
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            long sent = 0;
            for (int tries = 0; sent < bytes.length && tries < TRIES; tries++) {
                long written = Linux.write(control, all.asSlice(sent));
                if (written > 0) {
                    sent += written;
                } else if (written == -Errno.EAGAIN) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                } else {
                    throw new StratoswarmException(
                            StratoswarmException.Kind.SYSTEM, WHAT + " takes no orders: " + Errno.text((int) -written));
                }
            }
        }
    }

    /** What follows this in a line that it said, or null where it has not. */
    private @org.jspecify.annotations.Nullable String answer(String begin) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(4096);
            for (long read = Linux.read(answers, buffer); read > 0; read = Linux.read(answers, buffer)) {
                heard += new String(buffer.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
            }
        }
        int at = heard.indexOf(begin);
        int end = at < 0 ? -1 : heard.indexOf('\n', at);
        if (end < 0) {
            return null;
        }
        String answer = heard.substring(at + begin.length(), end);
        heard = heard.substring(end + 1);
        return answer;
    }

    private void startOrTake() {
        try {
            forget();
            if (!takeRunning()) {
                launch();
            }
        } catch (IOException e) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.SYSTEM,
                    WHAT + " cannot be started in " + folder + ": " + Cgroups.reason(e),
                    e);
        }
    }

    private void launch() throws IOException {
        Files.createDirectories(folder);
        Path script = folder.resolve(".holder.sh").toAbsolutePath();
        Detached.install("holder.sh", script);
        // Orders to one that was killed are not for the next.
        for (String old : List.of("holder", "control", "answers")) {
            Files.deleteIfExists(folder.resolve(old));
        }
        Linux.mkfifo(folder.resolve("control"));
        Linux.mkfifo(folder.resolve("answers"));
        Files.writeString(folder.resolve("boot"), bootId);
        openFifos();
        detached.start(
                WHAT,
                folder.resolve("launch"),
                List.of(
                        "LC_ALL=C",
                        Shell.tool("bash").toString(),
                        script.toString(),
                        folder.toAbsolutePath().toString()));
        carriedOut(List.of());
        if (!takeRunning()) {
            throw new IOException("it did not come up; see " + folder.resolve("launch"));
        }
    }

    private void openFifos() {
        control = Linux.open(folder.resolve("control"), Linux.O_RDWR | Linux.O_NONBLOCK, 0);
        answers = Linux.open(folder.resolve("answers"), Linux.O_RDWR | Linux.O_NONBLOCK, 0);
        heard = "";
    }

    /** Takes the one that the folder names, if it is alive. */
    private boolean takeRunning() throws IOException {
        String[] words;
        try {
            if (!Files.readString(folder.resolve("boot")).trim().equals(bootId)) {
                return false;
            }
            words = Files.readString(folder.resolve("holder")).trim().split(" ");
        } catch (NoSuchFileException none) {
            return false;
        }
        if (words.length != 2) {
            return false;
        }
        int candidate = Integer.parseInt(words[0]);
        long ticks = Long.parseLong(words[1]);
        int taken = Linux.pidfdOpen(candidate);
        if (!same(candidate, ticks)) {
            if (taken >= 0) {
                Linux.close(taken);
            }
            return false;
        }
        if (control < 0) {
            openFifos();
        }
        pid = candidate;
        startTicks = ticks;
        descriptor = taken;
        if (taken >= 0) {
            watched = watcher.watch(taken, Epoll.IN, () -> died(candidate));
        }
        return true;
    }

    /** On the watcher's thread, which must not wait. */
    private void died(int which) {
        Thread.ofVirtual().name("pipe-holder").start(() -> {
            synchronized (this) {
                if (closed || pid != which || alive()) {
                    return;
                }
                forget();
                if (!held.isEmpty()) {
                    LOG.warn("{} ({}) was killed; another is started, and nothing was lost", WHAT, which);
                    try {
                        tell(List.of());
                    } catch (StratoswarmException e) {
                        LOG.error(
                                "what is in pipes would be lost with this daemon, until an agent is started: {}",
                                e.getMessage());
                    }
                }
            }
        });
    }

    private boolean alive() {
        return pid != 0 && same(pid, startTicks);
    }

    private boolean same(int candidate, long ticks) {
        return proc.stat(candidate)
                .filter(stat -> stat.alive() && stat.startTicks() == ticks)
                .isPresent();
    }

    private void forget() {
        if (descriptor >= 0) {
            watcher.forget(watched, descriptor);
        }
        for (int fd : new int[] {descriptor, control, answers}) {
            if (fd >= 0) {
                Linux.close(fd);
            }
        }
        descriptor = -1;
        control = -1;
        answers = -1;
        pid = 0;
    }

    /** Its process, 0 where there is none. */
    synchronized int pid() {
        return pid;
    }
}
