package io.stratoswarm.api.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleRowTest {
    private final Series threads = Series.of("shop/api.0", "threads");
    private final Series fds = Series.of("shop/api.0", "open_fds");

    @Test
    void shouldBeTheSamplesThatWereSetSinceItBegan() {
        SampleRow row = new SampleRow(List.of(threads, fds));
        row.begin(1_000);
        row.set(0, 3);
        row.set(1, 7);
        assertEquals(List.of(new Sample(threads, 1_000, 3), new Sample(fds, 1_000, 7)), row.samples());
        row.begin(2_000);
        row.set(1, Double.NaN);
        assertEquals(List.of(new Sample(fds, 2_000, Double.NaN)), row.samples());
    }

    @Test
    void shouldRefuseSeriesOfTwoSubjectsAndTheSameOneTwice() {
        assertThrows(IllegalArgumentException.class, () -> new SampleRow(List.of()));
        assertThrows(IllegalArgumentException.class, () -> new SampleRow(List.of(threads, threads)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new SampleRow(List.of(threads, Series.of("shop/api.1", "threads"))));
        assertThrows(IllegalArgumentException.class, () -> new SampleRow(Collections.nCopies(65, threads)));
    }
}
