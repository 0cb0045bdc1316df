package io.stratoswarm.api.place;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.place.Placement.Violation;
import java.util.List;

/** What a graph asks can be given by no placement; nothing was done. Its kind is INVALID. */
public final class PlacementRefused extends StratoswarmException {
    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    /** @param proven whether it is certain that there is none */
    public PlacementRefused(String graph, List<Violation> violations, boolean proven) {
        super(Kind.INVALID, message(graph, violations, proven));
        this.violations = List.copyOf(violations);
    }

    private static String message(String graph, List<Violation> violations, boolean proven) {
        Violation first = violations.getFirst();
        return (proven ? "no placement keeps" : "no placement was found that keeps") + " what graph " + graph
                + " asks: " + first.rule() + ": " + first.message()
                + (violations.size() > 1 ? " (and " + (violations.size() - 1) + " more)" : "") + "; nothing was done";
    }

    public List<Violation> violations() {
        return violations;
    }
}
