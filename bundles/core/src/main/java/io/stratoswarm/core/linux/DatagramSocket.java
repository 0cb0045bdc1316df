package io.stratoswarm.core.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A unix datagram socket with a name in the abstract name space, so that neither the length nor the permissions of a data
 * folder's path keep a sender from it. The kernel says who sent each message.
 */
public final class DatagramSocket implements AutoCloseable {
    /** A message with the process and the user that the kernel says sent it. */
    public record Message(int pid, int uid, String text) {}

    private static final int AF_UNIX = 1;
    private static final int TYPE = 2 | Linux.O_CLOEXEC | Linux.O_NONBLOCK;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PASSCRED = 16;
    private static final int SCM_CREDENTIALS = 2;
    private static final int BUFFER = 4096;

    private final int fd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER, 8);
    /** Room for credentials and for nothing else: descriptors that a sender passes are closed by the kernel at once. */
    private final MemorySegment control = arena.allocate(32, 8);

    private final MemorySegment vector = arena.allocate(16, 8);
    private final MemorySegment header = arena.allocate(56, 8);

    public DatagramSocket(String abstractName) {
        fd = (int) Linux.check(Syscall.SOCKET.call(AF_UNIX, TYPE, 0, 0), "cannot make a unix socket");
        byte[] name = abstractName.getBytes(StandardCharsets.UTF_8);
        MemorySegment address = arena.allocate(110, 8);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 3, name.length);
        MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_INT, 1);
        long result = Syscall.SETSOCKOPT.call(fd, SOL_SOCKET, SO_PASSCRED, one.address(), 4, 0);
        if (result == 0) {
            result = Syscall.BIND.call(fd, address.address(), 3L + name.length, 0);
        }
        if (result < 0) {
            close();
            throw new LinuxException("cannot bind the abstract socket @" + abstractName, (int) -result);
        }
        vector.set(ValueLayout.JAVA_LONG, 0, buffer.address());
        vector.set(ValueLayout.JAVA_LONG, 8, BUFFER);
    }

    public int descriptor() {
        return fd;
    }

    /** The next message, or null where none waits. */
    public @Nullable Message receive() {
        header.fill((byte) 0);
        header.set(ValueLayout.JAVA_LONG, 16, vector.address());
        header.set(ValueLayout.JAVA_LONG, 24, 1);
        header.set(ValueLayout.JAVA_LONG, 32, control.address());
        header.set(ValueLayout.JAVA_LONG, 40, control.byteSize());
        long length = Syscall.RECVMSG.call(fd, header.address(), Linux.O_CLOEXEC, 0);
        if (length < 0) {
            return null;
        }
        boolean known = header.get(ValueLayout.JAVA_LONG, 40) >= 28
                && control.get(ValueLayout.JAVA_INT, 8) == SOL_SOCKET
                && control.get(ValueLayout.JAVA_INT, 12) == SCM_CREDENTIALS;
        byte[] bytes = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        return new Message(
                known ? control.get(ValueLayout.JAVA_INT, 16) : -1,
                known ? control.get(ValueLayout.JAVA_INT, 20) : -1,
                new String(bytes, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        Linux.close(fd);
        arena.close();
    }
}
