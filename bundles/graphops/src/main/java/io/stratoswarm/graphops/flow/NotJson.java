package io.stratoswarm.graphops.flow;

/** A record is no JSON. Thrown for each such record, so it takes no trace of the stack. */
final class NotJson extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    NotJson(String what, int place) {
        super("no JSON", null, false, false);
        reason = "no JSON: " + what + " at byte " + place;
    }

    String reason() {
        return reason;
    }
}
