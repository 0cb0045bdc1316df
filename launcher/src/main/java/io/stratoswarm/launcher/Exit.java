package io.stratoswarm.launcher;

/**
 * Exit statuses of {@code stratoswarm daemon}, after sysexits.h where it has a fitting one. This is the one place that decides
 * them; {@code stratoswarm daemon --help} prints it.
 */
enum Exit {
    OK(0, "stopped on request; agents keep running unless 'shutdown' stopped them"),
    FAILURE(1, "failed for a reason that the last line says"),
    USAGE(64, "an argument is not known"),
    DAMAGED(65, "the data folder is damaged"),
    UNAVAILABLE(69, "an operation of the host that the daemon needs is not available"),
    CANNOT_CREATE(73, "the data folder cannot be made or written to"),
    IN_USE(75, "the data folder is in use by another daemon, or was written by a newer version"),
    CONFIGURATION(78, "the configuration or the distribution is not fit for use");

    private final int code;
    private final String meaning;

    Exit(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    int code() {
        return code;
    }

    static String table() {
        StringBuilder text = new StringBuilder();
        for (Exit exit : values()) {
            text.append(String.format("  %3d  %s%n", exit.code, exit.meaning));
        }
        return text.toString();
    }
}
