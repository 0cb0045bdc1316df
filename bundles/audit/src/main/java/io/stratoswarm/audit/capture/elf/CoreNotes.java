package io.stratoswarm.audit.capture.elf;

import io.stratoswarm.audit.capture.Area;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The notes of a core file: include/linux/elfcore.h, include/uapi/linux/elf.h, both architectures little-endian. */
final class CoreNotes {
    private static final int NT_PRSTATUS = 1;
    private static final int NT_PRFPREG = 2;
    private static final int NT_PRPSINFO = 3;
    private static final int NT_AUXV = 6;
    private static final int NT_X86_XSTATE = 0x202;
    private static final int NT_FILE = 0x46494c45;
    private static final int NT_SIGINFO = 0x53494749;
    private static final int PAGE = 4096;
    private static final int HEADER_OF_PRSTATUS = 112;

    /**
     * A thread.
     *
     * @param stat fields of its stat file from the third on
     */
    record ThreadNote(int tid, String[] stat, int signal, Map<Integer, byte[]> sets, byte[] signalInfo) {
        int field(int number) {
            int index = number - 3;
            return index < stat.length ? (int) Long.parseLong(stat[index]) : 0;
        }
    }

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void note(String name, int type, byte[] content) {
        byte[] owner = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        int padded = owner.length + 3 & ~3;
        ByteBuffer note = buffer(12 + padded + (content.length + 3 & ~3));
        note.putInt(owner.length).putInt(content.length).putInt(type).put(owner);
        note.position(12 + padded).put(content);
        out.writeBytes(note.array());
    }

    /** The first thread is the one that a debugger shows first. */
    void thread(ThreadNote thread) {
        note("CORE", NT_PRSTATUS, status(thread));
        thread.sets().forEach((type, bytes) -> {
            if (type == NT_PRFPREG) {
                note("CORE", type, bytes);
            } else if (type != NT_PRSTATUS) {
                note("LINUX", type, type == NT_X86_XSTATE ? Xstate.spread(bytes) : bytes);
            }
        });
        if (thread.signalInfo().length > 0) {
            note("CORE", NT_SIGINFO, thread.signalInfo());
        }
    }

    /** struct elf_prstatus: what led to the core, whose it is, then the general registers. */
    private static byte[] status(ThreadNote thread) {
        byte[] registers = thread.sets().getOrDefault(NT_PRSTATUS, new byte[0]);
        ByteBuffer status = buffer(HEADER_OF_PRSTATUS + registers.length + 8);
        status.putInt(thread.signal()).position(12);
        status.putShort((short) thread.signal()).position(32);
        status.putInt(thread.tid())
                .putInt(thread.field(4))
                .putInt(thread.field(5))
                .putInt(thread.field(6));
        status.position(HEADER_OF_PRSTATUS).put(registers).putInt(1);
        return status.array();
    }

    /** struct elf_prpsinfo. */
    void process(int pid, ThreadNote main, String name, String arguments) {
        ByteBuffer info = buffer(136);
        char state = main.stat().length == 0 ? 'R' : main.stat()[0].charAt(0);
        info.put((byte) Math.max(0, "RSDTZW".indexOf(state))).put((byte) state).position(8);
        info.putLong(0).putInt(0).putInt(0);
        info.putInt(pid).putInt(main.field(4)).putInt(main.field(5)).putInt(main.field(6));
        put(info, name, 16);
        put(info, arguments, 80);
        note("CORE", NT_PRPSINFO, info.array());
    }

    private static void put(ByteBuffer into, String text, int room) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int end = into.position() + room;
        into.put(bytes, 0, Math.min(bytes.length, room - 1)).position(end);
    }

    void auxiliary(byte[] auxv) {
        note("CORE", NT_AUXV, auxv);
    }

    /** Which files are mapped where, so that a debugger finds what is not in the core. */
    void files(List<Area> areas) {
        List<Area> mapped =
                areas.stream().filter(it -> it.path().startsWith("/")).toList();
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        ByteBuffer table =
                buffer(16 + mapped.size() * 24).putLong(mapped.size()).putLong(PAGE);
        for (Area area : mapped) {
            table.putLong(area.start()).putLong(area.end()).putLong(area.fileOffset() / PAGE);
            names.writeBytes((area.path() + "\0").getBytes(StandardCharsets.UTF_8));
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(table.array());
        content.writeBytes(names.toByteArray());
        note("CORE", NT_FILE, content.toByteArray());
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
