package io.stratoswarm.healing.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.learn.SequenceKernel;
import io.stratoswarm.api.learn.SequenceKernels;
import io.stratoswarm.api.learn.SequenceShape;
import io.stratoswarm.healing.lstm.CpuKernels;
import io.stratoswarm.healing.lstm.SequenceModel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LstmForecasterTest {
    private final LstmForecaster forecaster = new LstmForecaster(LstmForecaster.shipped(), CpuKernels::new, 30_000);

    private Forecast of(Track track) {
        return forecaster.forecast(List.of(track)).getFirst();
    }

    private static Track leaking(long seed, int steps, double bytes, double files) {
        Track track = new Track();
        Services service = new Services(new SplittableRandom(seed));
        service.steps(track, 20);
        for (int i = 0; i < steps; i++) {
            service.step(track, bytes, files);
        }
        return track;
    }

    @Test
    void shouldForeseeThatMemoryRunsOut() {
        Forecast early = of(leaking(1, 18, 5e6, 0));
        Forecast late = of(leaking(1, 30, 5e6, 0));

        assertTrue(early.probability() > 0.7, () -> "" + early.probability());
        assertEquals(Cause.MEMORY_LEAK, early.cause());
        assertTrue(early.drivers().getFirst().matches("memory\\.[a-z.]+ \\+0\\.\\d\\d"), early.toString());
        // Sixteen steps are left, then four.
        assertTrue(early.inMillis() >= 60_000 && early.inMillis() <= 900_000, early.toString());
        assertTrue(late.inMillis() < early.inMillis(), late.toString());
    }

    @Test
    void shouldForeseeThatDescriptorsRunOut() {
        Forecast forecast = of(leaking(2, 20, 0, 9));

        assertTrue(forecast.probability() > 0.7, () -> "" + forecast.probability());
        assertEquals(Cause.DESCRIPTOR_LEAK, forecast.cause());
    }

    @Test
    void shouldExpectNothingOfAServiceThatIsWell() {
        for (long seed = 1; seed <= 8; seed++) {
            Forecast forecast = of(leaking(seed, 30, 0, 0));

            assertTrue(forecast.probability() < 0.5, "seed " + seed + ": " + forecast);
            assertEquals(Cause.OTHER, forecast.cause());
            assertEquals(List.of(), forecast.drivers());
        }
    }

    @Test
    void shouldTellNothingOfATrackThatIsTooYoung() {
        Track young = leaking(4, 0, 0, 0);
        Track younger = new Track();
        new Services(new SplittableRandom(1)).steps(younger, Track.FEWEST - 1);

        List<Forecast> forecasts = forecaster.forecast(List.of(younger, young, new Track()));

        assertEquals(3, forecasts.size());
        assertEquals(0, forecasts.get(0).probability());
        assertEquals(of(young), forecasts.get(1));
        assertEquals(0, forecasts.get(2).probability());
        assertEquals(List.of(), forecaster.forecast(List.of()));
    }

    @Test
    void shouldGiveTheSameWithOtherKernels() {
        List<Track> tracks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            tracks.add(leaking(i, i, 4e6, i % 3));
        }
        List<Forecast> plain = new LstmForecaster(LstmForecaster.shipped(), CpuKernels::plain, 30_000).forecast(tracks);
        List<Forecast> best = forecaster.forecast(tracks);

        for (int i = 0; i < tracks.size(); i++) {
            assertEquals(plain.get(i).probability(), best.get(i).probability(), 1e-3);
        }
        assertEquals(best, forecaster.forecast(tracks));
        Collections.reverse(tracks);
        assertEquals(best.getFirst(), forecaster.forecast(tracks).getLast());
    }

    @Test
    void shouldSayTheSameStepByStepAsAtOnce() {
        Track track = new Track();
        Services service = new Services(new SplittableRandom(3));
        for (int run = 0; run < 2; run++) {
            for (int i = 0; i < Track.STEPS + 10; i++) {
                service.step(track, 4e6, 0);
                if (i % 7 != 3) {
                    LstmForecaster fresh = new LstmForecaster(LstmForecaster.shipped(), CpuKernels::new, 30_000);
                    Forecast anew = fresh.forecast(List.of(track)).getFirst();
                    assertEquals(anew.probability(), of(track).probability(), 1e-6);
                    assertEquals(anew.inMillis(), of(track).inMillis());
                }
            }
            service.beginAgain();
        }
    }

    @Test
    void shouldForecastOnTheProcessorWhereAnotherKernelFails() {
        SequenceKernels broken = new SequenceKernels() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public int rank() {
                return 5;
            }

            @Override
            public SequenceKernel open(SequenceShape shape) {
                throw new IllegalStateException("the device is gone");
            }
        };
        Track track = leaking(5, 18, 5e6, 0);

        assertSame(broken, LstmForecaster.best(List.of(broken)));
        assertEquals(0, LstmForecaster.best(List.of()).rank());
        assertEquals(
                List.of(of(track)),
                new LstmForecaster(LstmForecaster.shipped(), () -> broken, 30_000).forecast(List.of(track)));
    }

    @Test
    void shouldRefuseAModelOfOtherSeries() {
        SequenceModel model = LstmForecaster.shipped();
        List<String> other = new ArrayList<>(model.series());
        other.set(0, "something");
        SequenceModel wrong = new SequenceModel(
                model.shape(),
                model.steps(),
                other,
                model.normalisation(),
                model.head(),
                model.weights(),
                model.notes());

        StratoswarmException refused =
                assertThrows(StratoswarmException.class, () -> new LstmForecaster(wrong, CpuKernels::new, 30_000));
        assertTrue(String.valueOf(refused.getMessage()).contains("train it again"), refused.getMessage());
    }

    @Test
    void shouldNameItsModelAndHorizon() {
        assertTrue(forecaster.model().matches("[0-9a-f]{64}"), forecaster.model());
        assertEquals(1_800_000, forecaster.horizonMillis());
        assertTrue(
                LstmForecaster.shipped().notes().keySet().containsAll(List.of("trained-by", "trained-on", "kernels")));
    }
}
