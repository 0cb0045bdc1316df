package io.stratoswarm.core.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a keeper's state file says, folded line by line. An unfinished last line is no line. */
final class KeeperState {
    private static final Logger LOG = LoggerFactory.getLogger(KeeperState.class);

    /** A process that was about to become the agent; its start time, once a daemon has written it down, else -1. */
    record Run(long incarnation, int pid, long startTicks) {}

    /** How an incarnation ended; the failure names the step at which a start failed, empty where the program itself ended. */
    record End(long incarnation, ExitStatus status, Optional<Failure> failure) {}

    /** A start that failed. */
    record Failure(int code, String step) {}

    private long begun;
    private @Nullable Run run;
    private @Nullable End end;
    private @Nullable Failure failure;
    private boolean switching;
    private boolean orphan;
    private int keeperPid;
    private long keeperTicks;
    private final Map<Integer, Long> keepers = new HashMap<>();
    private final Set<String> syncs = new HashSet<>();

    static KeeperState read(Path file) throws IOException {
        KeeperState state = new KeeperState();
        String text;
        try {
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return state;
        }
        text.substring(0, text.lastIndexOf('\n') + 1).lines().forEach(state::apply);
        return state;
    }

    /** When the file was last written to, which is when the last thing happened. */
    static long lastNanos(Path file) throws IOException {
        FileTime time = Files.getLastModifiedTime(file);
        return time.to(TimeUnit.NANOSECONDS);
    }

    /** Appends a line to what the keeper recorded; where that fails recovery must do without it. */
    static void append(AgentFolder folder, String line) {
        try {
            Files.writeString(
                    folder.state(),
                    line + "\n",
                    StandardCharsets.US_ASCII,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.warn("'{}' cannot be recorded in {}: {}", line, folder.state(), Cgroups.reason(e));
        }
    }

    /** Keeps of a long file what still counts: which incarnation was the highest. No keeper may be writing to it. */
    static void compact(AgentFolder folder) throws IOException {
        long highest = read(folder.state()).begun();
        Path fresh = folder.runtime().resolve("state.new");
        Files.writeString(fresh, "begin " + highest + "\nexit " + highest + " -1 unknown\n");
        Files.move(fresh, folder.state(), StandardCopyOption.ATOMIC_MOVE);
    }

    void apply(String line) {
        String[] words = line.split(" ", 4);
        switch (words[0]) {
            case "keeper" -> {
                keeperPid = Integer.parseInt(words[1]);
                keeperTicks = Long.parseLong(words[2]);
                keepers.put(keeperPid, keeperTicks);
                orphan = run != null && end == null;
            }
            case "begin" -> begin(Long.parseLong(words[1]));
            case "run" -> {
                begin(Long.parseLong(words[1]));
                run = new Run(begun, Integer.parseInt(words[2]), -1);
            }
            case "ticks" -> {
                if (run != null && run.incarnation() == Long.parseLong(words[1])) {
                    run = new Run(run.incarnation(), run.pid(), Long.parseLong(words[2]));
                }
            }
            case "switch" -> switching = true;
            case "user" -> switching = false;
            case "fail" -> failure = new Failure(Integer.parseInt(words[2]), words[3]);
            case "exit" ->
                end = new End(
                        Long.parseLong(words[1]),
                        status(Integer.parseInt(words[2]), words[3]),
                        Optional.ofNullable(failed(words)));
            case "sync" -> syncs.add(words[1]);
            default -> {
                // A line of a later version; what it means does not change what the others say.
            }
        }
    }

    private void begin(long incarnation) {
        if (incarnation != begun) {
            begun = incarnation;
            run = null;
            end = null;
            failure = null;
            switching = false;
            orphan = false;
        }
    }

    private @Nullable Failure failed(String[] words) {
        if (failure == null && switching) {
            return new Failure(Integer.parseInt(words[2]), "become the user");
        }
        return failure;
    }

    static ExitStatus status(int code, String how) {
        if (code < 0) {
            return ExitStatus.UNKNOWN;
        }
        return how.equals("signal") ? new ExitStatus(-1, code - 128) : new ExitStatus(code, 0);
    }

    /** The highest incarnation whose start began; 0 before the first. */
    long begun() {
        return begun;
    }

    /** The process of the incarnation begun last. */
    Optional<Run> run() {
        return Optional.ofNullable(run);
    }

    Optional<End> end() {
        return Optional.ofNullable(end);
    }

    Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    /** Whether the process was started by a keeper that is gone, so that none will reap it. */
    boolean orphan() {
        return orphan;
    }

    /** Start times of all keepers there have been, by pid. */
    Map<Integer, Long> keepers() {
        return Map.copyOf(keepers);
    }

    int keeperPid() {
        return keeperPid;
    }

    long keeperTicks() {
        return keeperTicks;
    }

    boolean synced(String token) {
        return syncs.contains(token);
    }
}
