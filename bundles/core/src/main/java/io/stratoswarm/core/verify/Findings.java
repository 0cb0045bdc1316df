package io.stratoswarm.core.verify;

import java.util.ArrayList;
import java.util.List;

/** What is wrong, in the order found. After a limit only the count goes on, so that one cause does not hide the others. */
final class Findings {
    private static final int MOST = 200;

    final List<String> problems = new ArrayList<>();
    final List<long[]> damaged = new ArrayList<>();
    private long unlisted;

    void problem(String text) {
        if (problems.size() < MOST) {
            problems.add(text);
        } else {
            unlisted++;
        }
    }

    /** Marks events {@code from} to {@code to}, exclusive, as damaged; joins neighbours. */
    void damaged(long from, long to) {
        if (!damaged.isEmpty() && damaged.getLast()[1] >= from) {
            damaged.getLast()[1] = Math.max(damaged.getLast()[1], to);
        } else if (from < to) {
            damaged.add(new long[] {from, to});
        }
    }

    List<String> listed() {
        List<String> all = new ArrayList<>(problems);
        if (unlisted > 0) {
            all.add("and " + unlisted + " further problems");
        }
        return all;
    }
}
