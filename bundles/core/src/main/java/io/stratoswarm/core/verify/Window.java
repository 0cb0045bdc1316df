package io.stratoswarm.core.verify;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Keeps the pages of a file from being written anew while they are read. Where nobody writes there is nothing to do; beside a
 * running daemon each step is run within a short read transaction of the database.
 */
@FunctionalInterface
public interface Window {
    /** A step of the verification; takes less than a second. */
    interface Step {
        void run() throws IOException;
    }

    /** For files that nobody writes to. */
    Window STILL = (file, step) -> step.run();

    void run(Path file, Step step) throws IOException;
}
