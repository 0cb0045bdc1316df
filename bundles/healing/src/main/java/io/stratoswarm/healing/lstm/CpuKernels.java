package io.stratoswarm.healing.lstm;

import io.stratoswarm.api.learn.SequenceKernel;
import io.stratoswarm.api.learn.SequenceKernels;
import io.stratoswarm.api.learn.SequenceShape;

/** The computation on the processor, which is always there: on the Vector API where the Java machine has it, else by plain loops. */
public final class CpuKernels implements SequenceKernels {
    private final Loops loops;

    public CpuKernels() {
        this(Loops.best());
    }

    CpuKernels(Loops loops) {
        this.loops = loops;
    }

    /** Plain loops, whatever the machine has; for comparison. */
    public static CpuKernels plain() {
        return new CpuKernels(new PlainLoops());
    }

    @Override
    public String name() {
        return "cpu-" + loops.name();
    }

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public SequenceKernel open(SequenceShape shape) {
        return new CpuKernel(shape, loops);
    }
}
