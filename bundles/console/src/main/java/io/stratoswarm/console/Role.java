package io.stratoswarm.console;

/** What a caller may do; each role may all that the ones before it may. */
enum Role {
    /** Looks. */
    VIEWER,
    /** Also runs things: agents, graphs, scripts. */
    OPERATOR,
    /** Also changes the daemon itself: configuration, tokens, its end. */
    ADMIN
}
