package io.stratoswarm.core.pipe;

import java.nio.file.Path;
import java.util.Collection;

/** Holds FIFOs open for reading and writing when this process is gone. */
public interface PipeHolder {
    /** Nobody does: what is in the pipes ends with this process. */
    PipeHolder NONE = new PipeHolder() {
        @Override
        public void hold(Collection<Path> fifos) {}

        @Override
        public void letGo(Collection<Path> fifos) {}
    };

    /** Returns once it holds them; those that it holds already are no error. */
    void hold(Collection<Path> fifos);

    /** Does so soon, and before it holds others; those that it does not hold are no error. */
    void letGo(Collection<Path> fifos);
}
