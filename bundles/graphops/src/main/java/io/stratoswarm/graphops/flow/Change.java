package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.FlowSpec;
import java.util.List;

/** How a flow comes from what it is to what it shall be. */
enum Change {
    /** Its strands go on, and only learn who takes what. */
    IN_PLACE,
    /** Those of its sources that stay go on; others are closed, and opened. */
    SOURCES,
    /** Its strands are closed and opened again, as when the daemon is restarted: bytes stay where they lie. */
    AT_ONCE,
    /** Bytes lie where the new strands would not look for them, so what was routed is delivered before. */
    SETTLED;

    static Change of(Wired from, Wired to, List<Strand> strands) {
        if (from.durable() != to.durable()
                || from.spec().framing() != to.spec().framing()
                || !strands.stream().allMatch(it -> to.held() ? reaches(it, to) : it.fits(to))) {
            return SETTLED;
        }
        boolean plain = strands.stream().allMatch(PlainStrand.class::isInstance);
        FlowSpec moved = from.spec().withTo(to.spec().to(), to.spec().routing());
        boolean alike = plain ? moved.equals(to.spec()) : from.spec().equals(to.spec()) && from.sameTargets(to);
        if (alike) {
            return from.sources().equals(to.sources()) ? IN_PLACE : SOURCES;
        }
        // Where the short way is possible again it is worth a pause, but none that others are waited for in.
        Port only = to.plainTo();
        return only != null && !plain && strands.stream().allMatch(it -> free(it, to, only)) ? SETTLED : AT_ONCE;
    }

    /** What is held routes nothing, so its strands need not fit what is declared meanwhile. */
    private static boolean reaches(Strand strand, Wired to) {
        return strand.outlets.stream().allMatch(it -> to.receives(it.receiver().port()));
    }

    private static boolean free(Strand strand, Wired to, Port only) {
        return strand.outlets.stream()
                .filter(it -> !it.receiver().port().equals(only)
                        && to.receives(it.receiver().port()))
                .allMatch(Outlet::idle);
    }
}
