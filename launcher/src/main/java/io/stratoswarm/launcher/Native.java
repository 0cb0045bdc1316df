package io.stratoswarm.launcher;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The few calls of the C library that the JDK does not offer: replacing the process, and telling systemd. */
final class Native {
    private static final int F_SETFD = 2;
    private static final int FD_CLOEXEC = 1;
    private static final int SIG_SETMASK = 2;
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SIGSET_BYTES = 128;
    private static final int MAX_SOCKET_PATH = 107;

    private Native() {}

    /**
     * Replaces this process, under the same id. Every descriptor but the standard three is closed by the kernel in the moment
     * of success, so locks and databases are free for the new program, and nothing is lost if the call fails.
     *
     * @return only on failure, with its reason
     */
    static String execute(Path program, List<String> arguments, Map<String, String> environment) {
        try (Arena arena = Arena.ofConfined()) {
            closeOnExec();
            MethodHandle mask =
                    function("pthread_sigmask", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
            int masked = (int) mask.invokeExact(SIG_SETMASK, arena.allocate(SIGSET_BYTES), MemorySegment.NULL);
            if (masked != 0) {
                return "pthread_sigmask failed with " + masked;
            }
            List<String> variables = new ArrayList<>();
            environment.forEach((name, value) -> variables.add(name + "=" + value));
            MethodHandle execve = Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("execve"),
                            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS),
                            Linker.Option.captureCallState("errno"));
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            int result = (int) execve.invokeExact(
                    state,
                    arena.allocateFrom(program.toString()),
                    strings(arena, arguments),
                    strings(arena, variables));
            int errno = state.get(
                    JAVA_INT,
                    Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno")));
            return "execve returned " + result + ", errno " + errno;
        } catch (Throwable e) {
            return e.toString();
        }
    }

    private static void closeOnExec() throws Throwable {
        MethodHandle fcntl = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("fcntl"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                        Linker.Option.firstVariadicArg(2));
        List<Integer> open = new ArrayList<>();
        try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path link : links) {
                open.add(Integer.parseInt(link.getFileName().toString()));
            }
        }
        for (int descriptor : open) {
            if (descriptor > 2) {
                // The one of the listing itself is gone by now; its failure is expected and harmless.
                int ignored = (int) fcntl.invokeExact(descriptor, F_SETFD, FD_CLOEXEC);
            }
        }
    }

    private static MemorySegment strings(Arena arena, List<String> values) {
        MemorySegment array = arena.allocate(ADDRESS, values.size() + 1L);
        for (int i = 0; i < values.size(); i++) {
            array.setAtIndex(ADDRESS, i, arena.allocateFrom(values.get(i)));
        }
        array.setAtIndex(ADDRESS, values.size(), MemorySegment.NULL);
        return array;
    }

    /** sd_notify(3): one datagram to the socket that systemd names; @ stands for the abstract name space. */
    static void notifySystemd(String socketName, String message) throws IOException {
        byte[] name = socketName.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length > MAX_SOCKET_PATH || (name[0] != '/' && name[0] != '@')) {
            throw new IOException("NOTIFY_SOCKET is neither an absolute path nor an abstract name: " + socketName);
        }
        boolean isAbstract = name[0] == '@';
        if (isAbstract) {
            name[0] = 0;
        }
        int length = 2 + name.length + (isAbstract ? 0 : 1);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(2 + MAX_SOCKET_PATH + 1, 2);
            address.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, JAVA_BYTE, 2, name.length);
            byte[] text = message.getBytes(StandardCharsets.UTF_8);
            MemorySegment bytes = arena.allocate(text.length);
            MemorySegment.copy(text, 0, bytes, JAVA_BYTE, 0, text.length);
            MethodHandle socket = function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
            MethodHandle sendto = function(
                    "sendto",
                    FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
            MethodHandle close = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
            int descriptor = (int) socket.invokeExact(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            if (descriptor < 0) {
                throw new IOException("cannot make a datagram socket for NOTIFY_SOCKET");
            }
            long sent = (long) sendto.invokeExact(descriptor, bytes, (long) text.length, 0, address, length);
            int closed = (int) close.invokeExact(descriptor);
            if (sent != text.length || closed != 0) {
                throw new IOException("cannot send to NOTIFY_SOCKET " + socketName);
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("cannot send to NOTIFY_SOCKET " + socketName, e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }
}
