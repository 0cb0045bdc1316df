package io.stratoswarm.audit.capture.linux;

/** A call that the kernel refused; checked, since a capture goes on without what could not be had. */
public final class LinuxFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int errno;

    public LinuxFailure(long result, String what) {
        super(what + ": " + Errno.text(result));
        this.errno = (int) -result;
    }

    public int errno() {
        return errno;
    }
}
