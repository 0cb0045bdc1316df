package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.core.linux.Epoll;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The daemon's end of one keeper: its identity, its death and its control FIFO. Guarded by the lock of its agent. */
final class KeeperLink {
    private final HostContext context;
    private final AgentFolder folder;
    private int pid;
    private long startTicks;
    private int descriptor = -1;
    private long watched;
    private int control = -1;

    KeeperLink(HostContext context, AgentFolder folder) {
        this.context = context;
        this.folder = folder;
    }

    /** Makes what a keeper needs and is not there yet. */
    void prepareFolder() throws IOException {
        Files.createDirectories(folder.runtime());
        Files.createDirectories(folder.work());
        for (Path fifo : List.of(folder.control(), folder.out(), folder.err(), folder.exec(), folder.notice())) {
            Linux.mkfifo(fifo);
        }
        Files.writeString(folder.boot(), context.bootId());
    }

    /** Whether the runtime folder was last used before the host was restarted. */
    boolean otherBoot() throws IOException {
        try {
            return !Files.readString(folder.boot()).trim().equals(context.bootId());
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    boolean alive() {
        return pid != 0 && same(pid, startTicks);
    }

    int pid() {
        return pid;
    }

    private boolean same(int candidate, long ticks) {
        Optional<ProcFs.Stat> stat = context.proc().stat(candidate);
        return stat.isPresent() && stat.get().alive() && stat.get().startTicks() == ticks;
    }

    /** Takes a keeper that says it is there; false where that is not so any more. */
    boolean take(int keeperPid, long keeperTicks, Runnable onDeath) {
        if (pid == keeperPid && startTicks == keeperTicks) {
            return alive();
        }
        int taken = Linux.pidfdOpen(keeperPid);
        if (!same(keeperPid, keeperTicks)) {
            if (taken >= 0) {
                Linux.close(taken);
            }
            return false;
        }
        letGo();
        pid = keeperPid;
        startTicks = keeperTicks;
        descriptor = taken;
        if (taken >= 0) {
            watched = context.watcher().watch(taken, Epoll.IN, onDeath);
        }
        return true;
    }

    /** Takes the keeper that its file names, if it is alive; empty where none is. */
    boolean takeRunning(Runnable onDeath) throws IOException {
        String[] words;
        try {
            words = Files.readString(folder.keeper(), StandardCharsets.US_ASCII)
                    .trim()
                    .split(" ");
        } catch (NoSuchFileException none) {
            return false;
        }
        return words.length == 2 && take(Integer.parseInt(words[0]), Long.parseLong(words[1]), onDeath);
    }

    /** Sends one line; the keeper reads it once it has nothing else to do. */
    void send(String line) {
        if (control < 0) {
            control = Linux.open(folder.control(), Linux.O_RDWR | Linux.O_NONBLOCK, 0);
        }
        long written = Linux.write(control, line + "\n");
        if (written < 0) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.SYSTEM,
                    "the keeper of " + folder.name() + " takes no orders: "
                            + io.stratoswarm.core.linux.Errno.text((int) -written));
        }
    }

    /** Ends the keeper, which must be idle, and makes room for another. Waits for its end, which takes milliseconds. */
    void end() throws IOException {
        int last = pid;
        long ticks = startTicks;
        if (last != 0 && same(last, ticks)) {
            send("quit");
            for (int waited = 0; waited < 500 && same(last, ticks); waited++) {
                pause();
            }
            if (same(last, ticks)) {
                Sweeper.kill(last, candidate -> same(candidate, ticks));
            }
            for (int waited = 0; waited < 500 && same(last, ticks); waited++) {
                pause();
            }
        }
        letGo();
        Files.deleteIfExists(folder.keeper());
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Forgets the keeper without ending it. */
    void letGo() {
        if (descriptor >= 0) {
            context.watcher().forget(watched, descriptor);
            Linux.close(descriptor);
            descriptor = -1;
        }
        if (control >= 0) {
            Linux.close(control);
            control = -1;
        }
        pid = 0;
    }
}
