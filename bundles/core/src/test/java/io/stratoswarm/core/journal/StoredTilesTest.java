package io.stratoswarm.core.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.JournalTiles;
import io.stratoswarm.core.merkle.TreeHasher;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredTilesTest {
    private static final int SIZE = 700;

    @TempDir
    Path folder;

    /** RFC 6962 section 2.1, as it is written there. */
    private static byte[] naive(TreeHasher hasher, List<byte[]> leaves) {
        if (leaves.size() == 1) {
            return hasher.leaf(leaves.getFirst());
        }
        int split = Integer.highestOneBit(leaves.size() - 1);
        return hasher.node(
                naive(hasher, leaves.subList(0, split)), naive(hasher, leaves.subList(split, leaves.size())));
    }

    @Test
    void shouldGiveTheHashedBytesAcrossSegments() {
        TreeHasher hasher = new TreeHasher();
        try (LmdbJournal journal = Fixture.open(folder, Fixture.SMALL)) {
            Fixture.fill(journal, 0, SIZE);
            List<byte[]> leaves = journal.leaves(0, SIZE);
            assertEquals(SIZE, leaves.size());
            assertEquals(journal.checkpoint().rootHash(), HexFormat.of().formatHex(naive(hasher, leaves)));
            check(hasher, journal, leaves);
            List<byte[]> part = new ArrayList<>(journal.leaves(60, 10));
            for (int i = 0; i < part.size(); i++) {
                assertArrayEquals(leaves.get(60 + i), part.get(i));
            }
            assertThrows(StratoswarmException.class, () -> journal.leaves(SIZE - 1, 2));
            assertThrows(StratoswarmException.class, () -> journal.nodes(8, 0, 3));
        }
        try (JournalReader reader = JournalReader.open(folder.resolve("journal"), Fixture.SMALL, false)) {
            check(hasher, reader, reader.leaves(0, SIZE));
        }
    }

    private static void check(TreeHasher hasher, JournalTiles tiles, List<byte[]> leaves) {
        for (int level = 0; SIZE >>> level > 0; level++) {
            int count = SIZE >>> level;
            for (int from : new int[] {0, count / 3}) {
                byte[] nodes = tiles.nodes(level, from, count - from);
                for (int n = from; n < count; n++) {
                    assertArrayEquals(
                            naive(hasher, leaves.subList(n << level, (n + 1) << level)),
                            Arrays.copyOfRange(nodes, 32 * (n - from), 32 * (n - from + 1)),
                            "level " + level + " node " + n);
                }
            }
        }
    }
}
