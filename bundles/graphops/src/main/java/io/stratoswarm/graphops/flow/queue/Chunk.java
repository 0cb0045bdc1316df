package io.stratoswarm.graphops.flow.queue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An entry of a queue: records of one flow as they are delivered, one behind the other, and what must be known of the queue when all
 * before it have been removed. So the last entry of a queue is never removed.
 *
 * <p>Layout, big-endian: {@code SQC1}, framing, flow, number of the first record, count of records; how many flows, for each its name
 * and the records that it ever appended; how many sources, for each its name, how many numbers, and the numbers; the records. A name is its length in
 * two bytes and UTF-8.
 *
 * @param first number of the first record, from 0 at the queue's begin
 * @param totals by flow, this entry counted
 * @param sources by name, numbers that say how far each came
 * @param begin where the records begin in {@code bytes}; they end where it ends
 */
@SuppressWarnings("ArrayRecordComponent")
record Chunk(
        String flow,
        Framing framing,
        long first,
        int count,
        Map<String, Long> totals,
        Map<String, long[]> sources,
        byte[] bytes,
        int begin) {
    private static final int MAGIC = 0x53514331;

    /** The first record behind it. */
    long end() {
        return first + count;
    }

    int payload() {
        return bytes.length - begin;
    }

    static Chunk make(
            String flow,
            Framing framing,
            long first,
            int count,
            Map<String, Long> totals,
            Map<String, long[]> sources,
            byte[] payload,
            int from,
            int to) {
        byte[] name = utf8(flow);
        int header = 4 + 1 + 2 + name.length + 8 + 4 + 2 + 2;
        for (String each : totals.keySet()) {
            header += 2 + utf8(each).length + 8;
        }
        for (Map.Entry<String, long[]> each : sources.entrySet()) {
            header += 2 + utf8(each.getKey()).length + 1 + 8 * each.getValue().length;
        }
        ByteBuffer out = ByteBuffer.allocate(header + to - from);
        out.putInt(MAGIC).put((byte) framing.ordinal());
        put(out, name).putLong(first).putInt(count).putShort((short) totals.size());
        totals.forEach((each, total) -> put(out, utf8(each)).putLong(total));
        out.putShort((short) sources.size());
        sources.forEach((each, numbers) -> {
            put(out, utf8(each)).put((byte) numbers.length);
            for (long number : numbers) {
                out.putLong(number);
            }
        });
        out.put(payload, from, to - from);
        return new Chunk(flow, framing, first, count, totals, sources, out.array(), header);
    }

    static Chunk read(byte[] bytes, String queue, long position) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            if (in.getInt() != MAGIC) {
                throw damaged(queue, position);
            }
            int framing = in.get();
            String flow = text(in);
            long first = in.getLong();
            int count = in.getInt();
            Map<String, Long> totals = new LinkedHashMap<>();
            for (int left = in.getShort(); left > 0; left--) {
                totals.put(text(in), in.getLong());
            }
            Map<String, long[]> sources = new LinkedHashMap<>();
            for (int left = in.getShort(); left > 0; left--) {
                String source = text(in);
                long[] numbers = new long[in.get()];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = in.getLong();
                }
                sources.put(source, numbers);
            }
            if (framing < 0 || framing >= Framing.values().length) {
                throw damaged(queue, position);
            }
            return new Chunk(flow, Framing.values()[framing], first, count, totals, sources, bytes, in.position());
        } catch (BufferUnderflowException e) {
            throw damaged(queue, position);
        }
    }

    private static StratoswarmException damaged(String queue, long position) {
        return new StratoswarmException(
                Kind.DAMAGED,
                "entry " + position + " of the queue " + queue
                        + " is not what a flow writes; delete the graph to remove the queue, or restore a backup");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer put(ByteBuffer out, byte[] name) {
        return out.putShort((short) name.length).put(name);
    }

    private static String text(ByteBuffer in) {
        byte[] name = new byte[in.getShort() & 0xffff];
        in.get(name);
        return new String(name, StandardCharsets.UTF_8);
    }
}
