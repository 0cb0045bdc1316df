package io.stratoswarm.api;

/**
 * The one unchecked root for failures of the environment or of a caller's input. The message says what was wrong, where,
 * and what to do; it is fit to be shown to a user as it stands.
 */
public class StratoswarmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of failure this is; decides exit codes and HTTP status. */
    public enum Kind {
        /** The input is malformed or breaks a rule. */
        INVALID,
        /** The named thing does not exist. */
        NOT_FOUND,
        /** The named thing was there and was dropped on purpose, for example by pruning. */
        GONE,
        /** The request does not fit the present state, for example an expected version that has moved on. */
        CONFLICT,
        /** The caller may not do this. */
        FORBIDDEN,
        /** The host or a missing bundle cannot serve this now. */
        UNAVAILABLE,
        /** Storage is full; nothing was written. */
        FULL,
        /** Stored data is damaged. */
        DAMAGED,
        /** An operation did not end within its time limit. */
        TIMEOUT,
        /** The operating system refused an operation. */
        SYSTEM
    }

    private final Kind kind;

    public StratoswarmException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public StratoswarmException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
