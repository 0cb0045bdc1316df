package io.stratoswarm.scriptworker;

/** Numbers of the protocol, which the description of this package explains. */
final class Wire {
    static final int VERSION = 1;
    /** Longer ones are taken for garbage. */
    static final int MAX_FRAME = 64 << 20;

    static final int LOAD = 1;
    static final int CALL = 2;
    static final int UNLOAD = 3;

    static final int READY = 1;
    static final int LOADED = 2;
    static final int RESULT = 3;
    static final int ALIVE = 4;
    static final int DOOMED = 5;

    static final int OK = 0;
    static final int THREW = 1;
    static final int BREACHED = 2;

    private Wire() {}
}
