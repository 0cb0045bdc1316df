package io.stratoswarm.graphops.placement;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Tries all placements in order, as far as a number of tries goes: whether one keeps everything. Agents of one node are the same
 * but for their names, so only placements in which they follow the order of the places are tried.
 */
final class Exact {
    enum Answer {
        THERE_IS,
        THERE_IS_NONE,
        /** The tries were used up. */
        UNKNOWN
    }

    private final State state;
    private final Model model;
    private final int[] order;
    /** By rule: how many of its agents are still to be placed. */
    private final int[] waiting;

    private long tries;

    Exact(State state, long tries) {
        this.state = state;
        this.model = state.model;
        this.tries = tries;
        order = IntStream.range(0, model.agents)
                .boxed()
                .sorted(Comparator.<Integer>comparingInt(i -> model.allowed[model.node[i]].length)
                        .thenComparing(i -> i))
                .mapToInt(Integer::intValue)
                .toArray();
        waiting = new int[state.rules.length];
        for (int k = 0; k < waiting.length; k++) {
            for (int n : state.rules[k].nodes) {
                waiting[k] += model.members[n].length;
            }
        }
    }

    /** Leaves the state at what it found where there is one; else everyone is nowhere. */
    Answer search() {
        state.reset(IntStream.generate(() -> State.NOWHERE).limit(model.agents).toArray());
        return place(0, 0);
    }

    private Answer place(int depth, int first) {
        if (depth == order.length) {
            return Answer.THERE_IS;
        }
        int i = order[depth];
        int[] allowed = model.allowed[model.node[i]];
        boolean same = depth > 0 && model.node[order[depth - 1]] == model.node[i];
        Answer answer = Answer.THERE_IS_NONE;
        for (int k = same ? first : 0; k < allowed.length; k++) {
            if (tries-- <= 0) {
                return Answer.UNKNOWN;
            }
            state.put(i, allowed[k]);
            count(i, -1);
            if (hopeful()) {
                answer = place(depth + 1, k);
            }
            count(i, 1);
            if (answer == Answer.THERE_IS) {
                return answer;
            }
            state.take(i);
            if (answer == Answer.UNKNOWN) {
                return answer;
            }
        }
        return answer;
    }

    private void count(int i, int by) {
        for (int k = 0; k < waiting.length; k++) {
            for (int n : state.rules[k].nodes) {
                waiting[k] += n == model.node[i] ? by : 0;
            }
        }
    }

    private boolean hopeful() {
        for (int k = 0; k < waiting.length; k++) {
            if (!state.rules[k].hopeful(waiting[k])) {
                return false;
            }
        }
        return !state.exceeded();
    }
}
