package io.stratoswarm.audit.verify;

/** Why something is not acceptable, in words for a report. */
final class Bad extends Exception {
    private static final long serialVersionUID = 1L;

    Bad(String message) {
        super(message);
    }
}
