package io.stratoswarm.healing.predict;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.learn.SequenceKernel;
import io.stratoswarm.api.learn.SequenceKernels;
import io.stratoswarm.healing.lstm.Attribution;
import io.stratoswarm.healing.lstm.Attribution.Share;
import io.stratoswarm.healing.lstm.CpuKernels;
import io.stratoswarm.healing.lstm.ModelFile;
import io.stratoswarm.healing.lstm.SequenceModel;
import io.stratoswarm.healing.predict.Explanations.Asked;
import io.stratoswarm.healing.predict.Explanations.Why;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forecasts by a model of sequences with one output for each of {@link #HORIZONS}. The last one is the probability; the others, which ask
 * for a failure sooner, tell when it is expected. What one step alone shows may be chance: the probability is the least of those of the last
 * {@link Track#CONFIRMED} steps.
 */
public final class LstmForecaster implements Forecaster {
    /** In steps; the last one is the horizon of the forecast. */
    public static final List<Integer> HORIZONS = List.of(10, 20, 40, Track.STEPS);

    private static final String FILE = "forecast.swlm";
    /** What is less probable is not explained. */
    private static final double EXPLAINED = 0.5;

    /** So many are at a call, which is one a step; see {@link Explanations}. */
    static final int MOST_EXPLAINED = 16;

    private static final int LENGTH = Track.STEPS * Track.SERIES.size();
    private static final int DRIVERS = 4;
    private static final double LEAST_SHARE = 0.03;
    private static final Logger LOG = LoggerFactory.getLogger(LstmForecaster.class);

    private final SequenceModel model;
    private final String hash;
    private final Supplier<SequenceKernels> kernels;
    private final long stepMillis;
    /** What the model said of the last windows of each course, which are asked for again with the next steps. */
    private final Map<Track, Said> said = new WeakHashMap<>();

    private final Explanations explanations = new Explanations(MOST_EXPLAINED);

    /**
     * @param kernels asked at each forecast, since one of another bundle may come and go; see {@link #best}
     * @param stepMillis from one step of the tracks to the next
     */
    public LstmForecaster(SequenceModel model, Supplier<SequenceKernels> kernels, long stepMillis) {
        this.model = fits(model);
        this.hash = hash(ModelFile.write(model));
        this.kernels = kernels;
        this.stepMillis = stepMillis;
    }

    /** The model that comes with the bundle; {@code benchmarks/run failure-forecast} makes it. */
    public static SequenceModel shipped() {
        try (InputStream in = LstmForecaster.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("the bundle lacks its file " + FILE);
            }
            return fits(ModelFile.read(in.readAllBytes(), FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of those that are there the one of the highest rank, else that of the processor, which always is. */
    public static SequenceKernels best(Collection<? extends SequenceKernels> there) {
        SequenceKernels best = new CpuKernels();
        for (SequenceKernels one : there) {
            best = one.rank() > best.rank() ? one : best;
        }
        return best;
    }

    private static SequenceModel fits(SequenceModel model) {
        if (!model.series().equals(Track.SERIES)
                || model.steps() != Track.STEPS
                || model.shape().outputs() != HORIZONS.size()
                || !(model.head() instanceof SequenceModel.Head.Probability)) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "the model is of other series, steps or horizons than this program measures; train it again"
                            + " (docs/prediction.md)");
        }
        return model;
    }

    static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String model() {
        return hash;
    }

    @Override
    public long horizonMillis() {
        return Track.STEPS * stepMillis;
    }

    /**
     * Of a track with fewer steps than {@link Track#FEWEST} nothing is expected. Drivers and cause are those of what is half probable or
     * more, so many at a call.
     */
    @Override
    public List<Forecast> forecast(List<Track> tracks) {
        SequenceKernels chosen = kernels.get();
        try {
            return forecast(tracks, chosen);
        } catch (RuntimeException e) {
            if (chosen instanceof CpuKernels) {
                throw e;
            }
            LOG.warn("{} failed at a forecast; the processor makes it", chosen.name(), e);
            return forecast(tracks, new CpuKernels());
        }
    }

    /** Outputs of the model by the number of the step that a window ends with, for the last {@link Track#CONFIRMED}. */
    private static final class Said {
        private final long[] steps = new long[Track.CONFIRMED];
        private final float[][] outputs = new float[Track.CONFIRMED][];

        boolean lacks(long step) {
            return steps[place(step)] != step;
        }

        void put(long step, float[] its) {
            steps[place(step)] = step;
            outputs[place(step)] = its;
        }

        float[] of(long step) {
            return outputs[place(step)];
        }

        private static int place(long step) {
            return (int) (step % Track.CONFIRMED);
        }
    }

    private record Window(Track track, int ago) {
        long step() {
            return track.taken() - ago;
        }
    }

    private synchronized List<Forecast> forecast(List<Track> tracks, SequenceKernels by) {
        List<Track> told = tracks.stream().filter(Track::isTold).toList();
        try (SequenceKernel kernel = by.open(model.shape())) {
            ask(told, kernel);
            List<Asked> asked = told.stream()
                    .map(track -> {
                        Said its = said(track);
                        return new Asked(track, probability(track, its), expected(its.of(track.taken())));
                    })
                    .toList();
            Map<Track, Why> why = explanations.of(
                    asked.stream().filter(it -> it.probability() >= EXPLAINED).toList(),
                    track -> explain(track, track.window(), kernel));
            Iterator<Asked> next = asked.iterator();
            return tracks.stream()
                    .map(track -> track.isTold()
                            ? forecast(next.next(), why)
                            : new Forecast(0, horizonMillis(), Cause.OTHER, List.of()))
                    .toList();
        }
    }

    private Said said(Track track) {
        return said.computeIfAbsent(track, any -> new Said());
    }

    /** Asks the model about those windows that it was not asked about at a step before. */
    private void ask(List<Track> told, SequenceKernel kernel) {
        List<Window> open = new ArrayList<>();
        for (Track track : told) {
            for (int ago = 0; ago < Track.CONFIRMED; ago++) {
                Window window = new Window(track, ago);
                if (said(track).lacks(window.step())) {
                    open.add(window);
                }
            }
        }
        if (open.isEmpty()) {
            return;
        }
        float[] windows = new float[open.size() * LENGTH];
        for (int i = 0; i < open.size(); i++) {
            System.arraycopy(open.get(i).track().window(open.get(i).ago()), 0, windows, i * LENGTH, LENGTH);
        }
        float[] all = model.predict(kernel, open.size(), windows);
        int outputs = HORIZONS.size();
        for (int i = 0; i < open.size(); i++) {
            said(open.get(i).track()).put(open.get(i).step(), Arrays.copyOfRange(all, i * outputs, (i + 1) * outputs));
        }
    }

    private static Forecast forecast(Asked of, Map<Track, Why> why) {
        if (of.probability() < EXPLAINED) {
            return new Forecast(of.probability(), of.inMillis(), Cause.OTHER, List.of());
        }
        Why its = why.get(of.track());
        return its == null
                ? new Forecast(of.probability(), of.inMillis(), Cause.OTHER, List.of(), false)
                : new Forecast(of.probability(), of.inMillis(), its.cause(), its.drivers());
    }

    private static double probability(Track track, Said its) {
        double probability = 1;
        for (int ago = 0; ago < Track.CONFIRMED; ago++) {
            probability = Math.min(probability, its.of(track.taken() - ago)[HORIZONS.size() - 1]);
        }
        return probability;
    }

    private Why explain(Track track, float[] newest, SequenceKernel kernel) {
        List<Share> shares = new Attribution()
                .explain(model, kernel, newest, HORIZONS.size() - 1)
                .shares();
        double sum = shares.stream().mapToDouble(it -> Math.abs(it.share())).sum();
        List<String> drivers = shares.stream()
                .filter(it -> Math.abs(it.share()) >= LEAST_SHARE * sum)
                .limit(DRIVERS)
                .map(it -> String.format(Locale.ROOT, "%s %+.2f", it.series(), it.share() / sum))
                .toList();
        return new Why(Causes.of(shares, track, newest), drivers);
    }

    /** When half of the probability is reached, between the horizons along a straight line. */
    private long expected(float[] probabilities) {
        double half = probabilities[HORIZONS.size() - 1] / 2.0;
        double before = 0;
        int from = 0;
        for (int i = 0; i < HORIZONS.size(); i++) {
            if (probabilities[i] >= half) {
                double along = probabilities[i] > before ? (half - before) / (probabilities[i] - before) : 1;
                return Math.round((from + along * (HORIZONS.get(i) - from)) * stepMillis);
            }
            // A horizon that is farther has all that a nearer one has, whatever the outputs say.
            before = Math.max(before, probabilities[i]);
            from = HORIZONS.get(i);
        }
        return horizonMillis();
    }
}
