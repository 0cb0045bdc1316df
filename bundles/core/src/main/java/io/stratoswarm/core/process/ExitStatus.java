package io.stratoswarm.core.process;

/**
 * How a process ended.
 *
 * @param code exit status 0..255, or -1 where a signal ended it or nothing is known
 * @param signal signal number, or 0
 */
public record ExitStatus(int code, int signal) {
    /** The process is gone and its status could not be learned, for example after a reboot. */
    public static final ExitStatus UNKNOWN = new ExitStatus(-1, 0);

    public boolean success() {
        return code == 0 && signal == 0;
    }
}
