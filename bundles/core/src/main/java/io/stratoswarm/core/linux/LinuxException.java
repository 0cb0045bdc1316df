package io.stratoswarm.core.linux;

import io.stratoswarm.api.StratoswarmException;

/** A system call that the kernel refused. */
public final class LinuxException extends StratoswarmException {
    private static final long serialVersionUID = 1L;

    private final int errno;

    public LinuxException(String what, int errno) {
        super(
                errno == Errno.ENOSPC || errno == Errno.EDQUOT ? Kind.FULL : Kind.SYSTEM,
                what + ": " + Errno.text(errno));
        this.errno = errno;
    }

    public int errno() {
        return errno;
    }
}
