package io.stratoswarm.cli;

import java.util.Map;

/** Ends a command with a message for the user and an exit status. */
public final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    private final ExitCode exit;
    private final transient Map<String, Object> problem;

    public Failure(ExitCode exit, String message) {
        this(exit, message, Map.of());
    }

    public Failure(ExitCode exit, String message, Throwable cause) {
        super(message, cause);
        this.exit = exit;
        this.problem = Map.of();
    }

    /** @param problem the problem details as the daemon sent them */
    Failure(ExitCode exit, String message, Map<String, Object> problem) {
        super(message);
        this.exit = exit;
        this.problem = problem;
    }

    public ExitCode exit() {
        return exit;
    }

    /** Empty where the failure did not come from the daemon. */
    Map<String, Object> problem() {
        return problem;
    }
}
