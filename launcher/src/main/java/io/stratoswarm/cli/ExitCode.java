package io.stratoswarm.cli;

/** Exit statuses of all client commands. {@code docs/cli.md} repeats this table; a test compares. */
public enum ExitCode {
    OK(0, "done"),
    FAILED(1, "the operation failed; the message says why"),
    USAGE(2, "the command line is wrong"),
    UNREACHABLE(3, "no daemon answers on this data folder"),
    NOT_FOUND(4, "there is no agent, node, graph, transform, event, script or PID of this name"),
    CONFLICT(5, "the present state does not allow it"),
    INVALID(6, "the input is wrong, for example a manifest, or an example of a script fails"),
    FORBIDDEN(7, "this user may not do it"),
    UNAVAILABLE(8, "a part of the daemon is missing, or the operation took too long");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    String meaning() {
        return meaning;
    }

    /** The status for a kind of failure as the API names it. */
    static ExitCode ofKind(String kind) {
        return switch (kind) {
            case "NOT_FOUND", "GONE" -> NOT_FOUND;
            case "CONFLICT" -> CONFLICT;
            case "INVALID" -> INVALID;
            case "FORBIDDEN" -> FORBIDDEN;
            case "UNAVAILABLE", "TIMEOUT" -> UNAVAILABLE;
            default -> FAILED;
        };
    }

    static String table() {
        StringBuilder text = new StringBuilder("Exit statuses:\n");
        for (ExitCode exit : values()) {
            text.append("  ")
                    .append(exit.code)
                    .append("  ")
                    .append(exit.meaning)
                    .append('\n');
        }
        return text.toString();
    }
}
