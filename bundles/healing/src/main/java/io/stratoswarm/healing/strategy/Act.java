package io.stratoswarm.healing.strategy;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What can be done about a failure. */
public enum Act {
    /** Nothing beyond what the restart policy of the agent does by itself. */
    WAIT("leaves it to the restart policy"),
    RESTART("starts it anew"),
    RESTART_DEPENDENCIES("restarts what it depends on and is not well, then itself"),
    REMEDY("runs the job that its graph has for this"),
    REPLACE("has it followed by a fresh one, which is ready before it goes"),
    SCALE_OUT("gives its node one replica more"),
    RAISE_LIMITS("raises the limits that it came up to by half, and starts it anew"),
    ROLLBACK("takes the last change of its graph back"),
    RESTART_NEIGHBOURS("restarts the other agents of its graph, then itself"),
    RECLAIM("takes memory back from it"),
    THROTTLE("limits its processor time"),
    RENICE_NEIGHBOUR("lowers the priority of the busiest other agent"),
    MOVE("keeps it on the processors that are least busy"),
    CAPTURE("captures its state, then starts it anew"),
    ASK("asks a person");

    public static final Parameter FACTOR =
            new Parameter("factor", 1.1, 2, 1.5, "by which limits are raised, up to twice what is declared");
    public static final Parameter SHARE = new Parameter("share", 0.05, 0.5, 0.25, "of its memory");
    public static final Parameter CORES = new Parameter("cores", 0.05, 64, 0.25, "that it may use at most");
    public static final Parameter NICENESS = new Parameter("niceness", 1, 19, 10, "of the neighbour");

    private final String what;

    Act(String what) {
        this.what = what;
    }

    /** In lower case with hyphens, as it is written. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it changes more than the agent itself, so that nothing else is decided about the agents of its graph meanwhile. */
    public boolean graph() {
        return switch (this) {
            case RESTART_DEPENDENCIES, REPLACE, SCALE_OUT, RAISE_LIMITS, ROLLBACK, RESTART_NEIGHBOURS -> true;
            case WAIT, RESTART, REMEDY, RECLAIM, THROTTLE, RENICE_NEIGHBOUR, MOVE, CAPTURE, ASK -> false;
        };
    }

    /** The numbers that it can be done with. */
    public List<Parameter> parameters() {
        return switch (this) {
            case RAISE_LIMITS -> List.of(FACTOR);
            case RECLAIM -> List.of(SHARE);
            case THROTTLE -> List.of(CORES);
            case RENICE_NEIGHBOUR -> List.of(NICENESS);
            default -> List.of();
        };
    }

    /** One clause for a reader. */
    public String what() {
        return what;
    }

    public static Optional<Act> of(String word) {
        return Stream.of(values()).filter(act -> act.word().equals(word)).findFirst();
    }
}
