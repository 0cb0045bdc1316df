package io.stratoswarm.api.learn;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Serves the computation of one kind of model on some hardware. Register it as an OSGi service while the hardware is there; of
 * several, that with the highest rank is asked, and the one on the processor (rank 0) is always there. Every implementation gives
 * what the formulas in {@code docs/prediction-model.md} give, within 1e-3 of each output.
 */
@ConsumerType
public interface SequenceKernels {
    /** What computes, for the record of a model and of a prediction, for example {@code cpu-vector-512}. */
    String name();

    /** Higher is preferred; the processor's own is 0. */
    int rank();

    /** Workspace for models of this shape. */
    SequenceKernel open(SequenceShape shape);
}
