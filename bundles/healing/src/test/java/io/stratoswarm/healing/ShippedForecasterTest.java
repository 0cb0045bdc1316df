package io.stratoswarm.healing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.healing.lstm.ModelFile;
import io.stratoswarm.healing.lstm.SequenceModel;
import io.stratoswarm.healing.predict.Forecast;
import io.stratoswarm.healing.predict.Forecaster;
import io.stratoswarm.healing.predict.LstmForecaster;
import io.stratoswarm.healing.predict.Track;
import io.stratoswarm.healing.prevent.LessonBook;
import io.stratoswarm.healing.prevent.PredictionSettings;
import io.stratoswarm.healing.prevent.Teacher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ShippedForecasterTest {
    private static ShippedForecaster forecaster(Optional<byte[]> adopted) {
        return new ShippedForecaster(adopted, List::of, () -> PredictionSettings.DEFAULT, new SplittableRandom(7));
    }

    private static Forecaster of(ShippedForecaster shipped) {
        return shipped.prognosis().forecaster().orElseThrow();
    }

    @Test
    void shouldForeseeByTheModelThatComesWithTheBundle() {
        Forecaster forecaster = of(forecaster(Optional.empty()));
        assertEquals(64, forecaster.model().length());
        assertEquals(1_800_000, forecaster.horizonMillis());
        Track track = new Track();
        for (int i = 0; i < Track.STEPS; i++) {
            track.step(Map.of("memory_resident_bytes", 1e7, "cpu_seconds_total", i * 0.3), Map.of(), Map.of());
        }
        List<Forecast> forecasts = forecaster.forecast(List.of(track));
        assertEquals(1, forecasts.size());
        assertTrue(forecasts.getFirst().probability() < 0.7, "it is as it always was: " + forecasts);
    }

    @Test
    void shouldUseTheModelThatWasLearnedHereWhereItFits() {
        SequenceModel shipped = LstmForecaster.shipped();
        Map<String, String> notes = new TreeMap<>(shipped.notes());
        notes.put("learned-from", "a test");
        byte[] learned = ModelFile.write(shipped.withNotes(notes));
        String usual = of(forecaster(Optional.empty())).model();
        assertNotEquals(usual, of(forecaster(Optional.of(learned))).model());
        assertEquals(
                usual, of(forecaster(Optional.of(new byte[] {1, 2, 3}))).model(), "what cannot be read is not used");
    }

    @Test
    void shouldNotLearnFromTooLittle() throws InterruptedException {
        ShippedForecaster shipped = forecaster(Optional.empty());
        float[] window = new float[shipped.length()];
        Teacher.Result result =
                shipped.learn(List.of(new LessonBook.Kept(1, 3, window), new LessonBook.Kept(2, Double.NaN, window)));
        assertTrue(
                result instanceof Teacher.Result.Refused refused
                        && refused.why().contains("2 lessons"),
                result.toString());
    }
}
