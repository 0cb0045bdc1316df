package io.stratoswarm.core.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class UnitsTest {
    @Test
    void shouldReadDurations() {
        assertEquals(OptionalLong.of(100), Units.duration("100ms"));
        assertEquals(OptionalLong.of(5_400_000), Units.duration("1h30m"));
        assertEquals(OptionalLong.of(1_500), Units.duration("1.5s"));
        assertEquals(OptionalLong.of(0), Units.duration("0s"));
        assertEquals(OptionalLong.of(1), Units.duration("0.1ms"));
        for (String wrong : List.of("", "10", "s", "1 s", "1s ", "-1s", "1e3s", "1sec", "3651d", "1s1")) {
            assertEquals(OptionalLong.empty(), Units.duration(wrong), wrong);
        }
    }

    @Test
    void shouldReadSizes() {
        assertEquals(OptionalLong.of(64L << 20), Units.size("64MiB"));
        assertEquals(OptionalLong.of(1_500_000_000), Units.size("1.5GB"));
        assertEquals(OptionalLong.of(17), Units.size("17"));
        for (String wrong : List.of("", "MiB", "1XB", "-1", "9999999999TiB", "1 2")) {
            assertEquals(OptionalLong.empty(), Units.size(wrong), wrong);
        }
    }

    @Test
    void shouldReadSignalsAndProcessors() {
        assertEquals(Optional.of("HUP"), Units.signal("sighup"));
        assertEquals(Optional.empty(), Units.signal("9"));
        assertEquals(Optional.of(List.of(0, 1, 2, 6)), Units.processors("0-2,6"));
        for (String wrong : List.of("", "1-", "a", "2-1", "0,,1", "1024")) {
            assertEquals(Optional.empty(), Units.processors(wrong), wrong);
        }
    }

    @Test
    void shouldFindTheNearestWord() {
        assertEquals(Optional.of("command"), Nearest.of("comand", Keys.NODE));
        assertEquals(Optional.of("dependsOn"), Nearest.of("dependson", Keys.NODE));
        assertEquals(Optional.empty(), Nearest.of("colour", Keys.NODE));
        assertEquals(Optional.empty(), Nearest.of("x".repeat(100_000), Keys.NODE));
    }
}
