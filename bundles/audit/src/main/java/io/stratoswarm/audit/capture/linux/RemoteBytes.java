package io.stratoswarm.audit.capture.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** A few bytes of another process, by process_vm_readv(2) and process_vm_writev(2). */
final class RemoteBytes {
    private RemoteBytes() {}

    /** Empty where not all of them are there. */
    static Optional<byte[]> read(int pid, long address, int length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(length, 8);
            return move(Syscall.PROCESS_VM_READV, arena, bytes, pid, address)
                    ? Optional.of(bytes.toArray(ValueLayout.JAVA_BYTE))
                    : Optional.empty();
        }
    }

    /** True where all of them were written. */
    static boolean write(int pid, long address, byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            return move(
                    Syscall.PROCESS_VM_WRITEV, arena, arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes), pid, address);
        }
    }

    private static boolean move(Syscall call, Arena arena, MemorySegment bytes, int pid, long address) {
        MemorySegment vectors = arena.allocate(32, 8);
        vectors.set(ValueLayout.JAVA_LONG, 0, bytes.address());
        vectors.set(ValueLayout.JAVA_LONG, 8, bytes.byteSize());
        vectors.set(ValueLayout.JAVA_LONG, 16, address);
        vectors.set(ValueLayout.JAVA_LONG, 24, bytes.byteSize());
        return call.call(pid, vectors.address(), 1, vectors.address() + 16, 1, 0) == bytes.byteSize();
    }

    static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
