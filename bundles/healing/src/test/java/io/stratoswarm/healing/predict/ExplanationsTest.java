package io.stratoswarm.healing.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.healing.predict.Explanations.Asked;
import io.stratoswarm.healing.predict.Explanations.Why;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExplanationsTest {
    private final Explanations explanations = new Explanations(2);
    private final List<Track> made = new ArrayList<>();

    private Map<Track, Why> round(List<Asked> asked) {
        made.clear();
        return explanations.of(asked, track -> {
            made.add(track);
            return new Why(Cause.MEMORY_LEAK, List.of("memory.trend +0.90"));
        });
    }

    @Test
    void shouldExplainTheMostUrgentFirstAndThenTheOthersInTurn() {
        List<Track> tracks = IntStream.range(0, 5).mapToObj(i -> new Track()).toList();
        List<Asked> asked = List.of(
                new Asked(tracks.get(0), 0.9, 900),
                new Asked(tracks.get(1), 0.6, 100),
                new Asked(tracks.get(2), 0.9, 300),
                new Asked(tracks.get(3), 0.9, 200),
                new Asked(tracks.get(4), 0.9, 800));
        assertEquals(Set.of(tracks.get(1), tracks.get(3)), round(asked).keySet(), "that which fails first");
        assertEquals(4, round(asked).size());
        assertEquals(List.of(tracks.get(2), tracks.get(4)), made);
        assertEquals(5, round(asked).size());
        assertEquals(List.of(tracks.get(0), tracks.get(1)), made, "what has none comes first, then the oldest");
        assertTrue(round(List.of()).isEmpty());
    }
}
