package io.stratoswarm.core.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DrainTest {
    private final DrainTree tree = new DrainTree(100);

    private static List<String> words(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        return Masks.words(bytes, 0, bytes.length);
    }

    private static String masked(String line) {
        return String.join(" ", words(line));
    }

    private Map<String, Long> mined(String... lines) {
        for (String line : lines) {
            DrainTree.Template found = tree.add(words(line), 1);
            assertNotNull(found);
            found.lines++;
        }
        Map<String, Long> all = new TreeMap<>();
        tree.templates().forEach(template -> all.put(template.text(), template.lines));
        return all;
    }

    @Test
    void shouldMaskValuesAndLeaveNames() {
        assertEquals("connected to <IP>", masked("connected to 10.0.0.1"));
        assertEquals("from <IP>, port <NUM>", masked("from 192.168.7.20:8080, port 22"));
        assertEquals("Hex number <HEX>", masked("Hex number 0xDEADBEAF"));
        assertEquals("commit <HEX> by eth0 over http2", masked("commit 3f9a77c1b2 by eth0 over http2"));
        assertEquals("id=<UUID>;", masked("id=550e8400-e29b-41d4-a716-446655440000;"));
        assertEquals("<TIME> INFO took <NUM>ms", masked("2026-11-23T04:35:41.452Z INFO took 12.5ms"));
        assertEquals("<TIME> <TIME> ok", masked("2026/11/23 04:35:41,452 ok"));
        assertEquals("version <NUM> deadbeef facade", masked("version 1.2.3 deadbeef facade"));
        assertEquals("key=<NUM>,other=<NUM>", masked("key=1,other=-2".replace("-", "")));
        assertEquals("", masked("   \t "));
        assertEquals("Größe <NUM> é", masked("Größe 5 é"));
    }

    /** The example that drain3 publishes with the templates it finds. */
    @Test
    void shouldFindThePublishedTemplates() {
        assertEquals(
                Map.of("connected to <IP>", 3L, "Hex number <HEX>", 2L, "user <*> logged in", 2L),
                mined(
                        "connected to 10.0.0.1",
                        "connected to 10.0.0.2",
                        "connected to 10.0.0.3",
                        "Hex number 0xDEADBEAF",
                        "Hex number 0x10000",
                        "user davidoh logged in",
                        "user eranr logged in"));
    }

    /** Lines of the HDFS log of the paper. */
    @Test
    void shouldTellTheKindsOfBlockMessagesApart() {
        Map<String, Long> found = mined(
                "Receiving block blk_-1608999687919862906 src: /10.250.19.102:54106 dest: /10.250.19.102:50010",
                "Receiving block blk_-1608999687919862906 src: /10.250.10.6:40524 dest: /10.250.10.6:50010",
                "PacketResponder 1 for block blk_-1608999687919862906 terminating",
                "PacketResponder 2 for block blk_-1608999687919862907 terminating",
                "Received block blk_-1608999687919862906 of size 91178 from /10.250.10.6");
        assertEquals(3, found.size(), found::toString);
        assertTrue(found.containsKey("PacketResponder <NUM> for block blk_-<NUM> terminating"), found::toString);
    }

    @Test
    void shouldHoldNoMoreTemplatesThanAllowedAndMakeRoomForNewOnesAfterAnHour() {
        DrainTree small = new DrainTree(2);
        assertNotNull(small.add(words("alpha one"), 1));
        assertNotNull(small.add(words("beta two three"), 1));
        assertNull(small.add(words("gamma two three four"), 1));
        DrainTree.Template later = small.add(words("gamma two three four"), 4_000_000);
        assertNotNull(later);
        assertEquals("t3", later.id);
        assertEquals(2, small.templates().size());
    }

    @Test
    void shouldGiveTheSameIdsAfterBeingRestored() {
        mined("user davidoh logged in", "user eranr logged in", "disk sda is full");
        AgentTemplates kept = new AgentTemplates("a", java.nio.file.Path.of("/nonexistent"), 100);
        kept.restore(new AgentTemplates.Kept(
                tree.next(),
                tree.templates().stream()
                        .map(t -> new AgentTemplates.Kept.One(t.id, t.words()))
                        .toList()));
        assertEquals(
                List.of("t1 user <*> logged in", "t2 disk sda is full"),
                kept.list().stream().map(t -> t.id() + " " + t.text()).toList());
        DrainTree again = new DrainTree(100);
        again.restore(tree.next(), List.of("t1"), List.of(List.of("user", "<*>", "logged", "in")));
        DrainTree.Template same = again.add(words("user bob logged in"), 1);
        assertNotNull(same);
        assertEquals("t1", same.id);
        DrainTree.Template fresh = again.add(words("something else entirely new here"), 1);
        assertNotNull(fresh);
        assertEquals("t3", fresh.id);
    }
}
