package io.stratoswarm.core.data;

import java.nio.file.Path;

/** Where things lie below the data folder. */
public record DataFolder(Path root) {
    /** Framework property and system property that names the data folder. */
    public static final String PROPERTY = "stratoswarm.data";

    public Path journal() {
        return root.resolve("journal");
    }

    public Path blobs() {
        return root.resolve("blobs");
    }

    public Path tables() {
        return root.resolve("tables");
    }

    public Path queues() {
        return root.resolve("queues");
    }

    public Path metrics() {
        return root.resolve("metrics");
    }

    /** Keys of persons and of the journal; never part of a backup. */
    public Path keys() {
        return root.resolve("keys");
    }

    /** Runtime folders of agents: FIFOs, status files; survives the daemon, not a reboot. */
    public Path agents() {
        return root.resolve("agents");
    }

    /** Pipes that flows keep, and the files of the process that holds them and those of agents' channels. */
    public Path pipes() {
        return root.resolve("pipes");
    }

    public Path logs() {
        return root.resolve("logs");
    }

    /** Where restarts are rehearsed soon after a start; empty at all other times. */
    public Path rehearsal() {
        return root.resolve("rehearsal");
    }

    /** The watched folder of bundles. */
    public Path deploy() {
        return root.resolve("deploy");
    }

    /** Of the processes that run scripts: their logs, and what their languages unpack. May be removed while no daemon runs. */
    public Path workers() {
        return root.resolve("workers");
    }

    /** The watched folder of the operator's scripts. */
    public Path scripts() {
        return root.resolve("scripts");
    }

    /** The unix socket of the HTTP API. */
    public Path socket() {
        return root.resolve("api.sock");
    }
}
