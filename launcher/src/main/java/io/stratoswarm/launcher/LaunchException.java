package io.stratoswarm.launcher;

/** The daemon cannot start or go on; the message is one line for the operator, the exit status is for scripts. */
final class LaunchException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Exit exit;

    LaunchException(Exit exit, String message) {
        super(message);
        this.exit = exit;
    }

    LaunchException(Exit exit, String message, Throwable cause) {
        super(message, cause);
        this.exit = exit;
    }

    Exit exit() {
        return exit;
    }
}
