package io.stratoswarm.demo;

/** Something that the demo needs did not happen; the message says what. */
final class DemoFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DemoFailed(String message) {
        super(message);
    }
}
