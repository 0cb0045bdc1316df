package io.stratoswarm.core.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Context switches of whole processes, many in one message to the kernel, where files would be read for each of their threads.
 * See Documentation/accounting/taskstats.rst, include/uapi/linux/taskstats.h and netlink(7). For one thread at a time.
 */
public final class TaskStats implements AutoCloseable {
    /** Processes in one call. */
    public static final int MOST = 64;

    private static final int AF_NETLINK = 16;
    private static final int TYPE = 3 | Linux.O_CLOEXEC | Linux.O_NONBLOCK;
    private static final int NETLINK_GENERIC = 16;
    private static final short NLMSG_ERROR = 2;
    private static final short NLM_F_REQUEST = 1;
    /** A message's header, that of generic netlink behind it, and that of an attribute. */
    private static final int HEADER = 16;

    private static final int GENERIC = HEADER + 4;
    private static final int ATTRIBUTE = 4;

    private static final short GENL_ID_CTRL = 16;
    private static final byte CTRL_CMD_GETFAMILY = 3;
    private static final short CTRL_ATTR_FAMILY_ID = 1;
    private static final short CTRL_ATTR_FAMILY_NAME = 2;

    private static final byte TASKSTATS_CMD_GET = 1;
    private static final short TASKSTATS_CMD_ATTR_TGID = 2;
    private static final short TASKSTATS_TYPE_STATS = 3;
    private static final short TASKSTATS_TYPE_AGGR_TGID = 5;
    /** In struct taskstats, which grows at its end; version 15 alone (Linux 6.14) put fields before these. */
    private static final int NVCSW = 272;

    private static final int NIVCSW = 280;
    private static final int OLDEST = 4;
    private static final int ODD = 15;

    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int ROOM = 1 << 20;
    /** What asks for a process, and more than what answers takes. */
    private static final int QUESTION = GENERIC + ATTRIBUTE + Integer.BYTES;

    private static final int ANSWER = 2048;
    /** struct mmsghdr and struct iovec. */
    private static final int MESSAGE = 64;

    private static final int VECTOR = 16;

    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment questions = arena.allocate((long) MOST * QUESTION, 8);
    private final MemorySegment answers = arena.allocate((long) MOST * ANSWER, 8);
    private final MemorySegment messages = arena.allocate((long) MOST * MESSAGE, 8);
    private final short family;
    private int sequence;

    /**
     * Asks once, of this process, so that it is known whether it may.
     *
     * @throws LinuxException where the kernel has no taskstats, or such as are laid out otherwise, or where CAP_NET_ADMIN in the first
     *     user namespace is missing
     */
    public TaskStats() {
        MemorySegment vectors = arena.allocate((long) MOST * VECTOR, 8);
        for (int i = 0; i < MOST; i++) {
            vectors.set(ValueLayout.JAVA_LONG, (long) i * VECTOR, answers.address() + (long) i * ANSWER);
            vectors.set(ValueLayout.JAVA_LONG, (long) i * VECTOR + 8, ANSWER);
            messages.set(ValueLayout.JAVA_LONG, (long) i * MESSAGE + 16, vectors.address() + (long) i * VECTOR);
            messages.set(ValueLayout.JAVA_LONG, (long) i * MESSAGE + 24, 1);
        }
        fd = (int)
                Linux.check(Syscall.SOCKET.call(AF_NETLINK, TYPE, NETLINK_GENERIC, 0), "cannot make a netlink socket");
        try {
            // Who may ask may take this room as well; who may not is told so below.
            MemorySegment room = arena.allocateFrom(ValueLayout.JAVA_INT, ROOM);
            Syscall.SETSOCKOPT.call(fd, SOL_SOCKET, SO_RCVBUFFORCE, room.address(), Integer.BYTES, 0);
            family = family();
            long[] own = new long[1];
            ask(new int[] {(int) ProcessHandle.current().pid()}, 1, own, new long[1]);
            Linux.check(own[0], "taskstats may not be asked");
        } catch (LinuxException e) {
            close();
            throw e;
        }
    }

    private short family() {
        byte[] name = "TASKSTATS\0".getBytes(StandardCharsets.US_ASCII);
        int length = write(0, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, name.length);
        MemorySegment.copy(name, 0, questions, ValueLayout.JAVA_BYTE, GENERIC + ATTRIBUTE, name.length);
        Linux.check(Syscall.WRITE.call(fd, questions.address(), length, 0), "cannot ask for taskstats");
        long got = Linux.check(Syscall.READ.call(fd, answers.address(), ANSWER, 0), "cannot ask for taskstats");
        int at = error(0) == 0 ? attribute(GENERIC, (int) got, CTRL_ATTR_FAMILY_ID) : -1;
        Linux.check(at < 0 ? -Errno.ENOENT : 0, "the kernel has no taskstats");
        return answers.get(ValueLayout.JAVA_SHORT, at);
    }

    /**
     * Asks for processes, all threads of each together; kernels differ in what they still count of those that ended.
     *
     * @param count at most {@link #MOST}
     * @param voluntary what each switched by itself, or the negated errno: ESRCH where there is no such process
     * @param involuntary what each was made to switch
     */
    public void ask(int[] pids, int count, long[] voluntary, long[] involuntary) {
        int first = sequence + 1;
        int length = 0;
        for (int i = 0; i < count; i++) {
            questions.set(ValueLayout.JAVA_INT, (long) length + GENERIC + ATTRIBUTE, pids[i]);
            length += write(length, family, TASKSTATS_CMD_GET, TASKSTATS_CMD_ATTR_TGID, Integer.BYTES);
            voluntary[i] = -Errno.EAGAIN;
        }
        long sent = Syscall.WRITE.look(fd, questions.address(), length, 0);
        // The kernel answers all while it is asked, and in order.
        int missing = sent < 0 ? 0 : count;
        for (int i = 0; i < count && sent < 0; i++) {
            voluntary[i] = sent;
        }
        while (missing > 0) {
            long got = Syscall.RECVMMSG.call(fd, messages.address(), missing, 0, 0, 0);
            if (got == -Errno.EINTR || got == -Errno.ENOBUFS) {
                // Answers that had no room are lost, and that was told; others wait.
                continue;
            }
            if (got <= 0) {
                return;
            }
            for (int i = 0; i < got; i++) {
                int place = answers.get(ValueLayout.JAVA_INT, (long) i * ANSWER + 8) - first;
                // An answer of an earlier call, which was interrupted, may still have been there.
                if (place >= 0 && place < count) {
                    take(i, place, voluntary, involuntary);
                    missing--;
                }
            }
        }
    }

    private void take(int answer, int place, long[] voluntary, long[] involuntary) {
        int from = answer * ANSWER;
        int end = from + messages.get(ValueLayout.JAVA_INT, (long) answer * MESSAGE + 56);
        int error = error(from);
        int group = error != 0 ? -1 : attribute(from + GENERIC, end, TASKSTATS_TYPE_AGGR_TGID);
        int stats = group < 0 ? -1 : attribute(group, end, TASKSTATS_TYPE_STATS);
        int version = stats < 0 ? ODD : answers.get(ValueLayout.JAVA_SHORT_UNALIGNED, stats);
        if (version < OLDEST || version == ODD || stats + NIVCSW + Long.BYTES > end) {
            voluntary[place] = error != 0 ? error : -Errno.EINVAL;
            return;
        }
        voluntary[place] = answers.get(ValueLayout.JAVA_LONG_UNALIGNED, (long) stats + NVCSW);
        involuntary[place] = answers.get(ValueLayout.JAVA_LONG_UNALIGNED, (long) stats + NIVCSW);
    }

    /** Writes a question's headers before its value; its length. */
    private int write(int at, short type, byte command, short attribute, int valueLength) {
        int length = GENERIC + ATTRIBUTE + valueLength;
        questions.set(ValueLayout.JAVA_INT, at, length);
        questions.set(ValueLayout.JAVA_SHORT, (long) at + 4, type);
        questions.set(ValueLayout.JAVA_SHORT, (long) at + 6, NLM_F_REQUEST);
        questions.set(ValueLayout.JAVA_INT, (long) at + 8, ++sequence);
        questions.set(ValueLayout.JAVA_INT, (long) at + 12, 0);
        questions.set(ValueLayout.JAVA_BYTE, (long) at + HEADER, command);
        questions.set(ValueLayout.JAVA_BYTE, (long) at + HEADER + 1, (byte) 1);
        questions.set(ValueLayout.JAVA_SHORT, (long) at + GENERIC, (short) (ATTRIBUTE + valueLength));
        questions.set(ValueLayout.JAVA_SHORT, (long) at + GENERIC + 2, attribute);
        return length;
    }

    /** The negated errno that the message tells; 0 where it tells something else. */
    private int error(int from) {
        boolean error = answers.get(ValueLayout.JAVA_SHORT, (long) from + 4) == NLMSG_ERROR;
        return error ? answers.get(ValueLayout.JAVA_INT, (long) from + HEADER) : 0;
    }

    /** Where the value of the attribute of a kind begins, among those from a place on; -1 where it is not there. */
    private int attribute(int from, int end, short kind) {
        int at = from;
        while (at + ATTRIBUTE <= end) {
            int length = answers.get(ValueLayout.JAVA_SHORT, at) & 0xffff;
            if (length < ATTRIBUTE) {
                return -1;
            }
            if (answers.get(ValueLayout.JAVA_SHORT, (long) at + 2) == kind) {
                return at + ATTRIBUTE;
            }
            at += (length + 3) & ~3;
        }
        return -1;
    }

    @Override
    public void close() {
        Linux.close(fd);
        arena.close();
    }
}
