package io.stratoswarm.audit.capture.linux;

/** Names of the errors that a capture meets; their numbers are the same on both architectures. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int ECHILD = 10;
    public static final int EFAULT = 14;
    public static final int ENOTTY = 25;
    public static final int ENOSYS = 38;

    private Errno() {}

    /** Words for a negated errno. */
    public static String text(long result) {
        return switch ((int) -result) {
            case EPERM -> "EPERM, the kernel does not allow it";
            case ESRCH -> "ESRCH, there is no such thread";
            case 5 -> "EIO, the request is not for this processor";
            case ECHILD -> "ECHILD, it is not traced";
            case EFAULT -> "EFAULT, the memory is not there";
            case 12 -> "ENOMEM, there is no memory for it";
            case 13 -> "EACCES, the kernel does not allow it";
            case 22 -> "EINVAL, this kernel does not know the request";
            case ENOTTY -> "ENOTTY, this kernel does not know the request";
            case ENOSYS -> "ENOSYS, this kernel does not have the call";
            default -> "errno " + -result;
        };
    }
}
