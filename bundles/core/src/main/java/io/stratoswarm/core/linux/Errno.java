package io.stratoswarm.core.linux;

/** The error numbers this project meets; the same on both architectures. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EAGAIN = 11;
    public static final int EACCES = 13;
    public static final int EEXIST = 17;
    public static final int EINVAL = 22;
    public static final int ENOSPC = 28;
    public static final int ENOSYS = 38;
    public static final int ENOBUFS = 105;
    public static final int EDQUOT = 122;

    private Errno() {}

    /** A few words for people. */
    public static String text(int errno) {
        return switch (errno) {
            case EPERM -> "operation not permitted (EPERM)";
            case ENOENT -> "no such file (ENOENT)";
            case ESRCH -> "no such process (ESRCH)";
            case EINTR -> "interrupted (EINTR)";
            case 5 -> "input/output error (EIO)";
            case 9 -> "bad file descriptor (EBADF)";
            case EAGAIN -> "would block (EAGAIN)";
            case EACCES -> "permission denied (EACCES)";
            case EEXIST -> "exists already (EEXIST)";
            case EINVAL -> "invalid argument (EINVAL)";
            case 24 -> "too many open files; raise the limit nofile (EMFILE)";
            case ENOSPC -> "no space left on device (ENOSPC)";
            case 32 -> "broken pipe (EPIPE)";
            case ENOSYS -> "not offered by this kernel (ENOSYS)";
            case 98 -> "address in use (EADDRINUSE)";
            case EDQUOT -> "disk quota exceeded (EDQUOT)";
            default -> "errno " + errno;
        };
    }
}
