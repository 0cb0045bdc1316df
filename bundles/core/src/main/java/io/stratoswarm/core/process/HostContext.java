package io.stratoswarm.core.process;

import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.linux.ProcFs;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * What the agents of one host share.
 *
 * @param token random text that tells the agents of this data folder from those of any other
 * @param notifySocket name of the NOTIFY_SOCKET as agents see it
 */
record HostContext(
        DataFolder data,
        InstantSource clock,
        ProcFs proc,
        Cgroups cgroups,
        Watcher watcher,
        OutputPump pump,
        KeeperLauncher launcher,
        Sweeper sweeper,
        String bootId,
        String token,
        String notifySocket,
        Channels channels,
        ProcessHost.Listener listener,
        Runnable drainEvents) {

    /** Tells the listener, on the watcher's thread and with no lock held. */
    void tell(Consumer<ProcessHost.Listener> what) {
        watcher.tell(() -> what.accept(listener));
    }

    long nowNanos() {
        var now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
