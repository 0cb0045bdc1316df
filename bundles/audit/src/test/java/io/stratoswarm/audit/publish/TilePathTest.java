package io.stratoswarm.audit.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TilePathTest {
    @Test
    void shouldWriteAndReadPathsAsTheSpecificationHasThem() {
        assertEquals("tile/0/x001/x234/067", TilePath.full(0, 1_234_067).toString());
        assertEquals("tile/0/000", TilePath.full(0, 0).toString());
        assertEquals("tile/entries/x001/000.p/7", new TilePath(TilePath.ENTRIES, 1000, 7).toString());
        for (TilePath path : List.of(
                TilePath.full(0, 1_234_067),
                new TilePath(5, 999, 255),
                new TilePath(TilePath.ENTRIES, 1_000_000_000L, 1))) {
            assertEquals(Optional.of(path), TilePath.parse(path.toString()));
        }
    }

    @Test
    void shouldTakeOneFormOfEachPathOnly() {
        for (String bad : List.of(
                "tile/0/1",
                "tile/00/001",
                "tile/64/001",
                "tile/0/x000/001",
                "tile/0/001.p/0",
                "tile/0/001.p/256",
                "tile/0/001.p/07",
                "tile/0/001/",
                "tile/0/../001",
                "tile/-1/001",
                "tile/entries",
                "tile/0/x001/x001/x001/x001/x001/x001/001")) {
            assertEquals(Optional.empty(), TilePath.parse(bad), bad);
        }
    }

    /** The example of C2SP tlog-tiles. */
    @Test
    void shouldKnowTheTilesOfATreeOf70000() {
        long size = 70_000;
        assertTrue(TilePath.full(0, 272).within(size));
        assertFalse(TilePath.full(0, 273).within(size));
        assertTrue(new TilePath(0, 273, 112).within(size));
        assertFalse(new TilePath(0, 273, 113).within(size));
        assertTrue(TilePath.full(1, 0).within(size));
        assertTrue(new TilePath(1, 1, 17).within(size));
        assertFalse(new TilePath(1, 1, 18).within(size));
        assertTrue(new TilePath(2, 0, 1).within(size));
        assertFalse(new TilePath(3, 0, 1).within(size));
    }
}
