package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;

/** A service of another bundle is not there, which passes where the bundle is starting or takes up new settings. */
final class AbsentService extends StratoswarmException {
    private static final long serialVersionUID = 1L;

    AbsentService(String message) {
        super(Kind.UNAVAILABLE, message);
    }
}
