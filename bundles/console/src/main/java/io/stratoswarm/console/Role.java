package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.Locale;

/** What a caller may do; each role may all that the ones before it may. */
enum Role {
    /** Is not known, and gets what says nothing about the host: the page, and whether the daemon lives. */
    ANYONE,
    /** Looks. */
    VIEWER,
    /** Also runs things: agents, graphs, scripts. */
    OPERATOR,
    /** Also changes the daemon itself: configuration, tokens, its end. */
    ADMIN;

    boolean may(Role needed) {
        return compareTo(needed) >= 0;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of this name; {@link #ANYONE} is none that can be given. */
    static Role parse(String text) {
        for (Role role : values()) {
            if (role != ANYONE && role.word().equals(text)) {
                return role;
            }
        }
        throw new StratoswarmException(
                Kind.INVALID,
                "'" + text + "' is no role; there are viewer, operator and admin, each above the one before");
    }
}
