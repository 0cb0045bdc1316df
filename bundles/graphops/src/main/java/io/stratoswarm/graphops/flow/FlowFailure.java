package io.stratoswarm.graphops.flow;

import org.jspecify.annotations.Nullable;

/** A flow cannot go on for now. It stops with this message and is tried again after a pause. */
final class FlowFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FlowFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
