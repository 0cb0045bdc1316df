package io.stratoswarm.healing.prevent;

import io.stratoswarm.healing.strategy.Act;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What can be done about a failure that is foreseen. */
enum Measure {
    /** A planned restart at a quiet moment, make-before-break where that can be done. */
    RESTART(Act.RESTART, "is started anew at a quiet moment before that"),
    /** Memory is taken back step by step while that helps, then it is restarted as planned. */
    RECLAIM(Act.RECLAIM, "gives memory back step by step while that helps, and is then started anew at a quiet moment"),
    REMEDY(Act.REMEDY, "has the job run that its graph has for that"),
    MOVE(Act.MOVE, "is moved to another place"),
    RENICE_NEIGHBOUR(Act.RENICE_NEIGHBOUR, "gets processor time before the busiest other agent of its graph");

    private final Act act;
    private final String what;

    Measure(Act act, String what) {
        this.act = act;
        this.what = what;
    }

    /** By which the guard and {@code approve.acts} know it. */
    Act act() {
        return act;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A clause whose subject is the agent. */
    String what() {
        return what;
    }

    static Optional<Measure> of(String word) {
        return Stream.of(values()).filter(each -> each.word().equals(word)).findFirst();
    }
}
