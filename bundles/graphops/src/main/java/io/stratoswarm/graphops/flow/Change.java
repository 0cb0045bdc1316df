package io.stratoswarm.graphops.flow;

import java.util.List;

/** How a flow comes from what it is to what it shall be. */
enum Change {
    /** Its strands go on, and only learn who takes what. */
    IN_PLACE,
    /** Its strands are closed and opened again, as when the daemon is restarted: bytes stay where they lie. */
    AT_ONCE,
    /** Bytes lie where the new strands would not look for them, so what was routed is delivered before. */
    SETTLED;

    static Change of(Wired from, Wired to, List<Strand> strands) {
        if (from.durable() != to.durable()
                || from.spec().framing() != to.spec().framing()
                || !strands.stream().allMatch(it -> it.fits(to))) {
            return SETTLED;
        }
        boolean plain = strands.stream().allMatch(PlainStrand.class::isInstance);
        if (from.spec().equals(to.spec()) && from.sources().equals(to.sources()) && (plain || from.sameTargets(to))) {
            return IN_PLACE;
        }
        // Where the short way is possible again it is worth a pause, but none that others are waited for in.
        Port only = to.plainTo();
        return only != null && !plain && strands.stream().allMatch(it -> free(it, to, only)) ? SETTLED : AT_ONCE;
    }

    private static boolean free(Strand strand, Wired to, Port only) {
        return strand.outlets.stream()
                .filter(it -> !it.receiver().port().equals(only)
                        && to.receives(it.receiver().port()))
                .allMatch(Outlet::idle);
    }
}
