package io.stratoswarm.graphops.flow.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueFormatsTest {
    @TempDir
    Path folder;

    @Test
    void shouldReadBackAChunkAndRefuseWhatIsNone() {
        byte[] payload = "xxone\ntwo\nyy".getBytes(UTF_8);
        Chunk made = Chunk.make(
                "orders",
                Framing.LINES,
                17,
                2,
                Map.of("orders", 12L, "returns", 7L),
                Map.of("shop/a.0/stdout", new long[] {1L << 40, 5, -3}),
                payload,
                2,
                10);
        Chunk read = Chunk.read(made.bytes().clone(), "q", 4);
        assertEquals(
                List.of("orders", Framing.LINES, 17L, 2, 19L),
                List.of(read.flow(), read.framing(), read.first(), read.count(), read.end()));
        assertEquals(made.totals(), read.totals());
        assertEquals(made.sources().keySet(), read.sources().keySet());
        assertArrayEquals(new long[] {1L << 40, 5, -3}, read.sources().get("shop/a.0/stdout"));
        assertEquals("one\ntwo\n", new String(read.bytes(), read.begin(), read.payload(), UTF_8));
        byte[] cut = Arrays.copyOf(made.bytes(), made.begin() - 1);
        assertThrows(StratoswarmException.class, () -> Chunk.read(cut, "q", 4));
        byte[] wrong = made.bytes().clone();
        wrong[0]++;
        assertThrows(StratoswarmException.class, () -> Chunk.read(wrong, "q", 4));
    }

    @Test
    void shouldReadAcknowledgementsAndTellWhatIsNone() {
        List<String> heard = new ArrayList<>();
        AckLines.Listener listener = new AckLines.Listener() {
            @Override
            public void acknowledged(long first, long last) {
                heard.add(first + ".." + last);
            }

            @Override
            public void nonsense(byte[] bytes, int from, int to) {
                heard.add("'" + new String(bytes, from, to - from, UTF_8) + "'");
            }
        };
        byte[] lines = "1\n2-10\r\n0\n-1\n5-4\n\n12x\n7-\n1234567890123456789\n999999999999999999\n13-".getBytes(UTF_8);
        assertEquals(lines.length - 3, AckLines.read(lines, lines.length, listener));
        assertEquals(
                List.of(
                        "1..1",
                        "2..10",
                        "'0'",
                        "'-1'",
                        "'5-4'",
                        "''",
                        "'12x'",
                        "'7-'",
                        "'1234567890123456789'",
                        "999999999999999999..999999999999999999"),
                heard);
    }

    @Test
    void shouldFindEndsOfRecords() {
        RecordEnds ends = new RecordEnds();
        byte[] lines = "a\n\nbcd\nrest".getBytes(UTF_8);
        ends.find(Framing.LINES, lines, 0, lines.length, 100);
        assertEquals(List.of(3, 2, 3, 7), List.of(ends.count(), ends.end(0), ends.end(1), ends.end(2)));
        assertEquals(
                List.of(0, 1, 1 + 1, 2, 3),
                List.of(ends.endedBy(1), ends.endedBy(2), ends.endedBy(3), ends.endedBy(6), ends.endedBy(11)));
        byte[] prefixed = {9, 0, 0, 0, 2, 1, 2, 0, 0, 0, 0, 0, 0, 1, 0, 1};
        ends.find(Framing.LENGTH_PREFIXED, prefixed, 1, prefixed.length, 100);
        assertEquals(List.of(2, 7, 11), List.of(ends.count(), ends.end(0), ends.end(1)));
    }

    @Test
    void shouldKeepNumbersOfACellTogether() throws Exception {
        Path file = folder.resolve("a/b.cell");
        Cell cell = new Cell(file, 3, 2);
        cell.set(0, 1).set(2, 3).commit();
        cell.set(0, 5).set(1, 6);
        // Not closed and not committed: as if the process had been killed.
        Cell again = new Cell(file, 3, 2);
        assertArrayEquals(new long[] {1, 0, 3}, new long[] {again.get(0), again.get(1), again.get(2)});
        assertThrows(StratoswarmException.class, () -> new Cell(file, 4, 2));
        Files.write(file, new byte[(int) Files.size(file)]);
        byte[] wrong = Files.readAllBytes(file);
        wrong[0] = 1;
        Files.write(file, wrong);
        assertThrows(StratoswarmException.class, () -> new Cell(file, 3, 2));
    }
}
