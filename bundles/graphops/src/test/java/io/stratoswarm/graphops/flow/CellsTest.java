package io.stratoswarm.graphops.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellsTest {
    @TempDir
    Path folder;

    @Test
    void shouldKeepWhatWasCommittedWhenItGrows() {
        Path file = folder.resolve("a.cells");
        Cells cells = Cells.open(file, 3, 1);
        cells.set(2, 7);
        cells.commit();
        cells.note(0, 9);
        cells.set(2, 8);

        Cells grown = Cells.open(file, 5, 2);

        assertEquals(7, grown.get(2));
        assertEquals(9, grown.note(0));
        assertEquals(5, grown.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 40, 4096})
    void shouldBeginAnewWhatNeverGotToTheDiskBeforeTheHostEnded(int zeros) throws Exception {
        Path file = folder.resolve("a.cells");
        Files.write(file, new byte[zeros]);

        Cells cells = Cells.open(file, 3, 1);
        cells.set(2, 7);
        cells.commit();

        assertEquals(7, Cells.open(file, 3, 1).get(2));
    }

    @Test
    void shouldRefuseWhatIsNoStateOfAFlow() throws Exception {
        Path file = folder.resolve("a.cells");
        Files.writeString(file, "something else that is as long as the header of such a file would be");

        StratoswarmException refused = assertThrows(StratoswarmException.class, () -> Cells.open(file, 3, 1));

        assertEquals(Kind.DAMAGED, refused.kind());
    }
}
