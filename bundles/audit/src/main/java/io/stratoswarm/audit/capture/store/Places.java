package io.stratoswarm.audit.capture.store;

/** Where an object is, in one number: 20 bits for the pack's place in a list, 28 for the frame, 12 for the slot. */
final class Places {
    private Places() {}

    static long of(int pack, int frame, int slot) {
        return (long) pack << 40 | (long) frame << 12 | slot;
    }

    static int pack(long place) {
        return (int) (place >>> 40);
    }

    static int frame(long place) {
        return (int) (place >>> 12) & 0xFFF_FFFF;
    }

    static int slot(long place) {
        return (int) place & 0xFFF;
    }
}
