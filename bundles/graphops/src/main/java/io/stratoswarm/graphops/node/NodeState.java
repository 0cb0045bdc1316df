package io.stratoswarm.graphops.node;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * What of a node changes in one step: its position, how far each input is done, and the batch that each output has last been
 * given. There are two places, written in turn; a single number says which one counts.
 */
final class NodeState {
    private static final int CURRENT = 0;
    private static final int PLACE = 32 << 10;

    private final MappedFile file;
    private Values values;

    /** A batch that an output was given: a number that grows, and its size. */
    record Batch(long number, long bytes) {
        static final Batch NONE = new Batch(0, 0);
    }

    /**
     * The values.
     *
     * @param boot of the host; what was in pipes before another one is gone
     * @param done by input: bytes of all records that are done, since the first one ever
     */
    record Values(long number, String boot, String position, Map<String, Long> done, Map<String, Batch> batches) {
        static final Values NONE = new Values(0, "", "", Map.of(), Map.of());

        Values {
            done = Map.copyOf(done);
            batches = Map.copyOf(batches);
        }
    }

    private NodeState(MappedFile file, Values values) {
        this.file = file;
        this.values = values;
    }

    /** Where what is there is damaged, as after a crash of the host, it begins anew. */
    static NodeState open(Path path) throws IOException {
        MappedFile file = MappedFile.open(path, 2L * PLACE);
        return new NodeState(file, read(file));
    }

    Values values() {
        return values;
    }

    /** Its number is the next one. */
    void commit(String boot, String position, Map<String, Long> done, Map<String, Batch> batches) {
        Values next = new Values(values.number() + 1, boot, position, done, batches);
        byte[] bytes = encoded(next);
        MemorySegment place = place(file, next.number());
        MemorySegment.copy(bytes, 0, place, ValueLayout.JAVA_BYTE, 8, bytes.length);
        place.set(ValueLayout.JAVA_INT_UNALIGNED, 0, bytes.length);
        place.set(ValueLayout.JAVA_INT_UNALIGNED, 4, checksum(bytes));
        file.number(CURRENT, next.number());
        values = next;
    }

    private static MemorySegment place(MappedFile file, long number) {
        return file.data().asSlice((number & 1) * PLACE, PLACE);
    }

    private static Values read(MappedFile file) {
        long number = file.number(CURRENT);
        MemorySegment place = place(file, number);
        int length = place.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
        if (number <= 0 || length <= 0 || length > PLACE - 8) {
            return Values.NONE;
        }
        byte[] bytes = place.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
        if (checksum(bytes) != place.get(ValueLayout.JAVA_INT_UNALIGNED, 4)) {
            return Values.NONE;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        long stored = in.getLong();
        String boot = text(in);
        String position = text(in);
        Map<String, Long> done = new TreeMap<>();
        for (int left = in.getInt(); left > 0; left--) {
            done.put(text(in), in.getLong());
        }
        Map<String, Batch> batches = new TreeMap<>();
        for (int left = in.getInt(); left > 0; left--) {
            batches.put(text(in), new Batch(in.getLong(), in.getLong()));
        }
        return new Values(stored, boot, position, done, batches);
    }

    private static byte[] encoded(Values values) {
        ByteBuffer out = ByteBuffer.allocate(PLACE - 8);
        out.putLong(values.number());
        put(out, values.boot());
        put(out, values.position());
        out.putInt(values.done().size());
        values.done().forEach((channel, bytes) -> {
            put(out, channel);
            out.putLong(bytes);
        });
        out.putInt(values.batches().size());
        values.batches().forEach((channel, batch) -> {
            put(out, channel);
            out.putLong(batch.number()).putLong(batch.bytes());
        });
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private static void put(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putInt(bytes.length).put(bytes);
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.getInt()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
