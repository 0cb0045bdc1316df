package io.stratoswarm.core.agent;

import io.stratoswarm.api.StratoswarmException;
import java.util.List;
import java.util.Locale;

/** Signal names and numbers of Linux, signal(7), without SIG; numbers as on x86 and ARM. */
final class Signals {
    static final int KILL = 9;

    private static final List<String> NAMES = List.of(
            "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE",
            "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM",
            "PROF", "WINCH", "IO", "PWR", "SYS");

    private Signals() {}

    /** {@code KILL} for 9; {@code 34} where a number has no name. */
    static String name(int number) {
        return number > 0 && number < NAMES.size() ? NAMES.get(number) : Integer.toString(number);
    }

    /**
     * The number of {@code HUP}, {@code SIGHUP}, {@code sighup} or {@code 1}.
     *
     * @throws StratoswarmException kind INVALID
     */
    static int number(String text) {
        String name = text.strip().toUpperCase(Locale.ROOT);
        if (name.startsWith("SIG")) {
            name = name.substring(3);
        }
        int number = name.isEmpty() ? -1 : NAMES.indexOf(name);
        if (number < 1 && name.matches("[0-9]{1,2}")) {
            number = Integer.parseInt(name);
        }
        if (number < 1 || number > 64) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.INVALID,
                    "\"" + text + "\" is no signal; use a name such as HUP, TERM, USR1, KILL or a number 1..64");
        }
        return number;
    }
}
