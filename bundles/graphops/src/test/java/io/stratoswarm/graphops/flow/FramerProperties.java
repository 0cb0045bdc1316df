package io.stratoswarm.graphops.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stratoswarm.api.graph.FlowSpec.Framing;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Framers find what a loop over bytes finds, wherever what they are shown begins and ends. */
class FramerProperties {
    private static MemorySegment outside(byte[] bytes) {
        MemorySegment segment = Arena.ofAuto().allocate(Math.max(1, bytes.length));
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment;
    }

    @Property
    void shouldCountNewlines(@ForAll byte[] bytes, @ForAll @IntRange(max = 40) int from) {
        for (int i = 0; i < bytes.length; i += 3) {
            bytes[i] = '\n';
        }
        int begin = Math.min(from, bytes.length);
        long naive = 0;
        long first = -1;
        for (int i = begin; i < bytes.length; i++) {
            naive += bytes[i] == '\n' ? 1 : 0;
            first = first < 0 && bytes[i] == '\n' ? i : first;
        }
        assertEquals(naive, new LineFramer().ends(outside(bytes), begin, bytes.length));
        assertEquals(first, LineFramer.next(outside(bytes), begin, bytes.length));
    }

    @Property
    void shouldCountManyNewlinesInARow(@ForAll @IntRange(max = 20_000) int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) '\n');
        assertEquals(count, new LineFramer().ends(outside(bytes), 0, count));
    }

    @Property
    void shouldSplitLinesOfAnyLengthWhereTheyEnd(@ForAll long seed, @ForAll @IntRange(max = 40_000) int length) {
        Random random = new Random(seed);
        int usual = 1 + random.nextInt(random.nextBoolean() ? 20 : 20_000);
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        for (int i = 0; i < length; i++) {
            bytes[i] = random.nextInt(usual) == 0 ? (byte) '\n' : bytes[i] == '\n' ? (byte) 0x8a : bytes[i];
        }
        Records records = new Records(1);
        byte[] raw = records.raw(length);
        System.arraycopy(bytes, 0, raw, 0, length);
        // What was in the framer's words before must not matter.
        Arrays.fill(records.scratch(1 << 14), -1);
        new LineFramer().split(raw, length, 7, records);
        int start = 0;
        int found = 0;
        for (int i = 0; i < length; i++) {
            if (bytes[i] == '\n') {
                assertEquals(start, records.start(found));
                assertEquals(i - start, records.length(found));
                assertEquals(7 + found++, records.source(found - 1));
                start = i + 1;
            }
        }
        assertEquals(found, records.size());
    }

    @Property
    void shouldFindTheSameRecordsAtAnyBorders(@ForAll long seed, @ForAll boolean prefixed) {
        Random random = new Random(seed);
        Framer framer = Framer.of(prefixed ? Framing.LENGTH_PREFIXED : Framing.LINES);
        int longest = 1 + random.nextInt(100);
        List<byte[]> records = new ArrayList<>();
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = random.nextInt(60); i >= 0; i--) {
            byte[] record = new byte[random.nextInt(longest + 20)];
            random.nextBytes(record);
            for (int k = 0; !prefixed && k < record.length; k++) {
                record[k] = record[k] == '\n' ? 0x0b : record[k];
            }
            records.add(record);
            byte[] framed = new byte[record.length + framer.overhead()];
            framer.put(record, 0, record.length, framed, 0);
            stream.writeBytes(framed);
        }
        List<byte[]> found = walk(framer, stream.toByteArray(), longest, random);
        List<byte[]> wanted =
                records.stream().filter(it -> it.length <= longest).toList();
        assertEquals(wanted.size(), found.size());
        for (int i = 0; i < wanted.size(); i++) {
            assertArrayEquals(wanted.get(i), found.get(i));
        }
    }

    /** What a strand does: looks at the front, takes whole records, passes over what is too long. */
    private static List<byte[]> walk(Framer framer, byte[] all, int longest, Random random) {
        List<byte[]> found = new ArrayList<>();
        Scan scan = new Scan();
        int at = 0;
        int shown = 0;
        while (at < all.length) {
            shown = Math.min(all.length - at, shown + 1 + random.nextInt(80));
            byte[] front = Arrays.copyOfRange(all, at, at + shown);
            framer.scan(outside(front), shown, 1 + random.nextInt(50), longest, scan);
            Records records = new Records(1);
            byte[] raw = records.raw((int) scan.bytes);
            System.arraycopy(front, 0, raw, 0, (int) scan.bytes);
            framer.split(raw, (int) scan.bytes, 7, records);
            assertEquals(scan.records, records.size());
            for (int i = 0; i < records.size(); i++) {
                found.add(records.copy(i));
                assertEquals(7 + i, records.source(i));
            }
            at += (int) scan.bytes;
            shown -= (int) scan.bytes;
            if (scan.end == Scan.End.TOO_LONG) {
                int end = at;
                if (scan.tooLong < 0) {
                    while (all[end] != '\n') {
                        end++;
                    }
                    assertEquals(true, end - at > longest);
                    end++;
                } else {
                    assertEquals(4L + ByteBuffer.wrap(all, at, 4).getInt(), scan.tooLong);
                    end = at + (int) scan.tooLong;
                }
                at = end;
                shown = 0;
            }
        }
        return found;
    }
}
