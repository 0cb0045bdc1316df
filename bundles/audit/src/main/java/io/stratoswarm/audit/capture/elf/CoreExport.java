package io.stratoswarm.audit.capture.elf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.audit.capture.Area;
import io.stratoswarm.audit.capture.elf.CoreNotes.ThreadNote;
import io.stratoswarm.audit.capture.elf.Segments.Segment;
import io.stratoswarm.audit.capture.store.Manifest;
import io.stratoswarm.audit.capture.store.Objects;
import io.stratoswarm.audit.capture.store.Part;
import io.stratoswarm.audit.capture.store.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Writes a process of a capture as an ELF core file. */
public final class CoreExport {
    private static final int PAGE = 4096;
    private static final int EHDR = 64;
    private static final int PHDR = 56;
    /** PN_XNUM, from which on the number of segments would have to stand elsewhere. */
    private static final int MOST_SEGMENTS = 60_000;

    private static final int PT_LOAD = 1;
    private static final int PT_NOTE = 4;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Objects objects;
    private final String prefix;
    private final Map<String, Manifest.Leaf> leaves = new LinkedHashMap<>();
    private final NavigableMap<Long, Manifest.Leaf> memory = new TreeMap<>();

    /** @param prefix of the names of the process's parts */
    public CoreExport(Manifest manifest, Objects objects, String prefix) {
        this.objects = objects;
        this.prefix = prefix;
        for (Manifest.Leaf leaf : manifest.leaves()) {
            if (leaf.name().startsWith(prefix)) {
                String name = leaf.name().substring(prefix.length());
                if (leaf.mediaType().equals(Part.MEMORY)) {
                    memory.put(Long.parseUnsignedLong(name.substring(name.indexOf('/') + 1), 16), leaf);
                } else {
                    leaves.put(name, leaf);
                }
            }
        }
    }

    private byte[] part(String name) {
        Manifest.Leaf leaf = leaves.get(name);
        if (leaf == null) {
            throw new StratoswarmException(Kind.NOT_FOUND, "the capture has no part '" + prefix + name + "'");
        }
        return objects.part(leaf).content();
    }

    /** Writes the file from its begin to its end. */
    public void write(Captures.Sink sink) throws IOException {
        JsonNode process = MAPPER.readTree(part("process"));
        int machine = process.path("architecture").asText().equals("aarch64") ? 183 : 62;
        List<ThreadNote> threads = threads(process.path("pid").asInt());
        if (threads.isEmpty()) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "no thread of this process was captured, so there is no core file of it: "
                            + process.path("problems"));
        }
        List<Area> areas = Area.parse(new String(part("maps"), StandardCharsets.UTF_8)).stream()
                .filter(it -> !it.foreign())
                .toList();
        byte[] notes = notes(process, threads, areas);
        Map<Long, Range> ranges = ranges();
        Segments layout = new Segments();
        pages(ranges, layout::captured);
        List<Segment> segments = layout.of(areas, MOST_SEGMENTS);
        long head = EHDR + (long) PHDR * (segments.size() + 1);
        long first = up(head + notes.length);
        long length = first
                + segments.stream()
                        .filter(Segment::stored)
                        .mapToLong(Segment::length)
                        .sum();
        sink.length(length);
        ByteBuffer out = ByteBuffer.allocate((int) head + notes.length).order(ByteOrder.LITTLE_ENDIAN);
        header(out, machine, segments.size() + 1);
        programHeader(out, PT_NOTE, 0, head, 0, notes.length, 0, 4);
        long offset = first;
        for (Segment segment : segments) {
            long stored = segment.stored() ? segment.length() : 0;
            programHeader(out, PT_LOAD, segment.flags(), offset, segment.start(), stored, segment.length(), PAGE);
            offset += stored;
        }
        sink.write(0, out.put(notes).array());
        content(sink, segments, ranges, first);
    }

    private static long up(long offset) {
        return (offset + PAGE - 1) / PAGE * PAGE;
    }

    private static void header(ByteBuffer out, int machine, int segments) {
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
        int core = 4;
        out.putShort((short) core).putShort((short) machine).putInt(1);
        out.putLong(0).putLong(EHDR).putLong(0).putInt(0);
        out.putShort((short) EHDR).putShort((short) PHDR).putShort((short) segments);
        out.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    }

    private static void programHeader(
            ByteBuffer out, int type, int flags, long offset, long address, long stored, long length, long align) {
        out.putInt(type).putInt(flags).putLong(offset).putLong(address).putLong(0);
        out.putLong(stored).putLong(length).putLong(align);
    }

    private List<ThreadNote> threads(int pid) throws IOException {
        List<ThreadNote> threads = new ArrayList<>();
        for (String name : leaves.keySet()) {
            if (name.startsWith("registers/")) {
                JsonNode node = MAPPER.readTree(part(name));
                Map<Integer, byte[]> sets = new LinkedHashMap<>();
                node.path("sets")
                        .fields()
                        .forEachRemaining(it -> sets.put(
                                Integer.parseInt(it.getKey()),
                                HexFormat.of().parseHex(it.getValue().asText())));
                ThreadNote thread = new ThreadNote(
                        node.path("thread").asInt(),
                        node.path("stat").asText().split(" "),
                        node.path("signal").asInt(),
                        sets,
                        HexFormat.of().parseHex(node.path("signalInfo").asText()));
                threads.add(thread.tid() == pid ? 0 : threads.size(), thread);
            }
        }
        return threads;
    }

    private byte[] notes(JsonNode process, List<ThreadNote> threads, List<Area> areas) {
        StringBuilder arguments = new StringBuilder();
        process.path("arguments").forEach(it -> arguments.append(it.asText()).append(' '));
        String exe = process.path("exe").asText();
        CoreNotes notes = new CoreNotes();
        notes.thread(threads.getFirst());
        notes.process(
                process.path("pid").asInt(),
                threads.getFirst(),
                exe.substring(exe.lastIndexOf('/') + 1),
                arguments.toString().strip());
        notes.auxiliary(part("auxv"));
        notes.files(areas);
        threads.subList(1, threads.size()).forEach(notes::thread);
        return notes.bytes();
    }

    private Map<Long, Range> ranges() {
        Map<Long, Range> ranges = new HashMap<>();
        memory.forEach((address, leaf) ->
                ranges.put(address, Range.parse(objects.part(leaf).content())));
        return ranges;
    }

    private interface Pages {
        void pages(long start, long end);
    }

    private void pages(Map<Long, Range> ranges, Pages consumer) {
        for (long base : memory.keySet()) {
            byte[] kinds = ranges.getOrDefault(base, Range.empty()).kinds();
            for (int i = 0; i < Range.PAGES; i++) {
                if (kinds[i] == Range.STORED || kinds[i] == Range.ZERO) {
                    consumer.pages(base + (long) i * PAGE, base + (i + 1L) * PAGE);
                }
            }
        }
    }

    private void content(Captures.Sink sink, List<Segment> segments, Map<Long, Range> ranges, long first)
            throws IOException {
        long offset = first;
        for (Segment segment : segments) {
            if (!segment.stored()) {
                continue;
            }
            for (long base : memory.subMap(segment.start() & -(long) Range.BYTES, true, segment.end(), false)
                    .keySet()) {
                range(sink, segment, base, ranges.getOrDefault(base, Range.empty()), offset);
            }
            offset += segment.length();
        }
    }

    /** Writes pages of a range that lie in a segment, those that follow one another at once. */
    private void range(Captures.Sink sink, Segment segment, long base, Range range, long offset) throws IOException {
        ByteBuffer run = ByteBuffer.allocate(Range.BYTES);
        long begin = -1;
        for (int i = 0; i <= Range.PAGES; i++) {
            long address = base + (long) i * PAGE;
            byte[] page =
                    i < Range.PAGES && address >= segment.start() && address < segment.end() ? range.pages()[i] : null;
            if (page != null) {
                begin = begin < 0 ? address : begin;
                run.put(objects.page(page));
            } else if (begin >= 0) {
                byte[] bytes = new byte[run.flip().remaining()];
                run.get(bytes);
                sink.write(offset + begin - segment.start(), bytes);
                run.clear();
                begin = -1;
            }
        }
    }
}
