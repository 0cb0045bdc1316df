package io.stratoswarm.graphops.flow;

/** Lets a share of the records through, by the record's number alone, so that one that is read twice is treated alike. */
final class Sample implements Transform.Plain {
    private static final double RANGE = 0x1p-53;
    private final double share;

    Sample(double share) {
        this.share = share;
    }

    @Override
    public void apply(Batch batch) {
        Records records = batch.records();
        records.retain(i -> {
            boolean passes = (mixed(records.source(i)) >>> 11) * RANGE < share;
            if (!passes) {
                batch.filtered(records.source(i));
            }
            return passes;
        });
    }

    /** The output function of SplitMix64 (Steele, Lea and Flood 2014). */
    private static long mixed(long number) {
        long z = (number + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
