package io.stratoswarm.core.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.core.merkle.TreeHasher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Holds the code to the golden vectors; a change that breaks them breaks every journal there is. */
class LeafTest {
    private static final UUID ID = UUID.fromString("00112233-4455-4677-8899-aabbccddeeff");

    private static final List<EventDraft> VECTORS = List.of(
            EventDraft.json("AgentStarted", "core.agent", "agent/web/api.0", "system", List.of(), "{\"pid\":42}"),
            new EventDraft(
                    "Größe",
                    65_535,
                    "s",
                    "日本",
                    "uid:0",
                    List.of(new Cause.OfEvent(ID, 7), new Cause.OfMetrics(ID, 1, -5, 6), new Cause.InSameAppend(0)),
                    "application/octet-stream",
                    new byte[] {0, (byte) 0xFF}));

    private static List<String> golden() throws IOException {
        try (InputStream in = Objects.requireNonNull(LeafTest.class.getResourceAsStream("/leaf-v1.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .toList();
        }
    }

    private static List<String> encoded() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < VECTORS.size(); i++) {
            Leaf.Draft draft = Leaf.encode(VECTORS.get(i), ID, i);
            draft.stamp(100 + i, 1_700_000_000_123_456_789L + i, 100);
            String hash = HexFormat.of().formatHex(draft.hash(new TreeHasher()));
            byte[] frame = draft.frame();
            ByteBuffer.wrap(frame).putInt(Frame.CHECKSUM_AT, Frame.checksum(frame));
            lines.add(HexFormat.of().formatHex(frame));
            lines.add(hash);
        }
        return lines;
    }

    @Test
    void shouldEncodeFramesAndHashLeavesAsTheGoldenVectorsSay() throws IOException {
        assertEquals(golden(), encoded());
    }

    @Test
    void shouldDecodeTheGoldenVectors() throws IOException {
        List<String> golden = golden();
        for (int i = 0; i < VECTORS.size(); i++) {
            byte[] frame = HexFormat.of().parseHex(golden.get(2 * i));
            Event event = Objects.requireNonNull(new FrameDecoder().decode(frame, 100 + i));
            EventDraft draft = VECTORS.get(i);
            assertEquals(draft.type(), event.type());
            assertEquals(draft.typeVersion(), event.typeVersion());
            assertEquals(draft.subject(), event.subject());
            assertEquals(draft.actor(), event.actor());
            assertEquals(ID, event.journal());
            assertEquals(1_700_000_000_123_456_789L + i, event.timeNanos());
            assertArrayEquals(draft.payload(), event.payload());
            if (i == 1) {
                assertEquals(
                        List.of(draft.causes().get(0), draft.causes().get(1), new Cause.OfEvent(ID, 100)),
                        event.causes());
            }
        }
    }

    @Test
    void shouldNoticeEveryFlippedBitOfAFrame() throws IOException {
        byte[] frame = HexFormat.of().parseHex(golden().getFirst());
        assertTrue(Frame.intact(ByteBuffer.wrap(frame), 100));
        assertFalse(Frame.intact(ByteBuffer.wrap(frame), 101));
        for (int bit = 0; bit < frame.length * 8; bit++) {
            byte[] damaged = Arrays.copyOf(frame, frame.length);
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertFalse(Frame.intact(ByteBuffer.wrap(damaged), 100), "bit " + bit);
        }
    }
}
