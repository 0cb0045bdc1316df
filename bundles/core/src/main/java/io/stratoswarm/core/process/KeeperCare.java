package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that an agent has a keeper: finds one that an earlier daemon left, starts one where none is or where another is
 * needed. Guarded by the lock it is given, on which it waits and wakes.
 */
final class KeeperCare {
    private static final Logger LOG = LoggerFactory.getLogger(KeeperCare.class);
    private static final long KEEPER_MILLIS = 5_000;
    private static final long LAUNCH_POLL_MILLIS = 20;
    /** After so many the keeper is replaced, so that its file of what happened can be cut. */
    private static final int STARTS_A_KEEPER = 1_000;

    /** Told of the present keeper. */
    interface Told {
        void died();

        /** None could be started; called with the lock held. */
        void failed(String message);

        /** Kills all that is left of keepers that are gone and of what they started; called without the lock. */
        void clear(Set<Integer> sessions);

        /** Whether the agent's program runs. */
        boolean runs();
    }

    private final HostContext context;
    private final AgentFolder folder;
    private final String agent;
    private final Object lock;
    private final Told told;
    private final KeeperLink keeper;
    private final KnownKeepers known;
    /** Groups that the present keeper has joined. */
    private List<Path> joined = List.of();

    private int starts;
    private boolean launching;
    private boolean released;

    KeeperCare(HostContext context, AgentFolder folder, String agent, Object lock, Told told) {
        this.context = context;
        this.folder = folder;
        this.agent = agent;
        this.lock = lock;
        this.told = told;
        this.keeper = new KeeperLink(context, folder);
        this.known = new KnownKeepers(context.proc());
    }

    int pid() {
        return keeper.pid();
    }

    KeeperLink link() {
        return keeper;
    }

    boolean launching() {
        return launching;
    }

    boolean released() {
        return released;
    }

    /** Sessions whose members are the agent's. */
    Set<Integer> sessions() {
        return known.sessions();
    }

    void prepareFolder() throws IOException {
        keeper.prepareFolder();
    }

    boolean otherBoot() throws IOException {
        return keeper.otherBoot();
    }

    /** Whether the present keeper may serve another start. */
    boolean serves() {
        return keeper.pid() != 0 && starts < STARTS_A_KEEPER;
    }

    boolean hasJoined(List<Path> groups) {
        return joined.equals(groups);
    }

    /** Orders a start. */
    void send(String order) {
        keeper.send(order);
        starts++;
    }

    /** Takes the keeper that the runtime folder names; false where none is alive. */
    boolean takeRunning() throws IOException {
        return keeper.takeRunning(told::died);
    }

    /** What earlier keepers wrote down. */
    void remember(Map<Integer, Long> keepers) throws IOException {
        known.addAll(keepers);
        joined = List.copyOf(Scripts.readPaths(folder.runtime().resolve("joined")));
    }

    /** Takes a keeper that says it is there; false where it is not, or is not wanted. */
    boolean arrived(int pid, long ticks) {
        if (released || !keeper.take(pid, ticks, told::died)) {
            return false;
        }
        known.add(pid, ticks);
        return true;
    }

    /** Learns of a keeper that an earlier daemon left and that nobody has asked to recover. */
    void takeOver() {
        try {
            if (keeper.pid() == 0 && !released && Files.isDirectory(folder.runtime()) && !keeper.otherBoot()) {
                takeRunning();
                known.addAll(KeeperState.read(folder.state()).keepers());
            }
        } catch (IOException e) {
            LOG.warn("the keeper of agent {} cannot be found: {}", agent, Cgroups.reason(e));
        }
    }

    void launchAgain() {
        launch(joined);
    }

    /** Ends the present keeper, which is idle or dead, and starts another; on a thread of its own, since that takes milliseconds. */
    void launch(List<Path> groups) {
        if (launching) {
            return;
        }
        launching = true;
        Thread.ofVirtual().name("keeper-launch-" + agent).start(() -> {
            try {
                relaunch(groups);
            } catch (IOException | StratoswarmException e) {
                LOG.debug("keeper of {} could not be started", agent, e);
                synchronized (lock) {
                    failed(String.valueOf(e.getMessage()));
                }
            }
        });
    }

    private void relaunch(List<Path> groups) throws IOException {
        Set<Integer> gone;
        synchronized (lock) {
            if (keeper.pid() == 0 && !keeper.otherBoot()) {
                takeRunning();
            }
            keeper.end();
            joined = groups;
            Scripts.writePaths(folder.runtime().resolve("joined"), groups);
            if (!told.runs() && starts >= STARTS_A_KEEPER) {
                KeeperState.compact(folder);
            }
            starts = 0;
            if (released) {
                launching = false;
                return;
            }
            gone = told.runs() ? Set.of() : known.sessions();
        }
        if (!gone.isEmpty()) {
            // A keeper that was killed may have left the shell that it forked ahead, which would take the next one's
            // orders.
            told.clear(gone);
        }
        context.launcher().launch(folder, groups);
        synchronized (lock) {
            // The keeper also tells the watcher; looking at its file serves a watcher that is busy.
            for (long waited = 0;
                    !released && !keeper.alive() && waited < KEEPER_MILLIS;
                    waited += LAUNCH_POLL_MILLIS) {
                pause();
                if (!released) {
                    takeRunning();
                }
            }
            launching = false;
            lock.notifyAll();
            if (!keeper.alive() && !released) {
                failed("its keeper did not come up within " + KEEPER_MILLIS + " ms; see "
                        + folder.runtime().resolve("launch"));
            }
        }
    }

    private void failed(String message) {
        launching = false;
        lock.notifyAll();
        told.failed(message);
    }

    /** Gives the lock away for a moment. */
    private void pause() {
        try {
            lock.wait(LAUNCH_POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a keeper that is just coming up, which must not be left behind, and wants none from then on. */
    void release() {
        for (int waited = 0; launching && waited < KEEPER_MILLIS; waited += LAUNCH_POLL_MILLIS) {
            pause();
        }
        takeOver();
        released = true;
    }

    void end() {
        try {
            keeper.end();
        } catch (IOException e) {
            LOG.warn("the keeper of agent {} cannot be ended: {}", agent, Cgroups.reason(e));
        }
    }

    /** Its keeper has died. */
    void lost() {
        keeper.letGo();
    }

    void letGo() {
        released = true;
        keeper.letGo();
    }
}
