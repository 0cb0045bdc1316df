package io.stratoswarm.benchmarks.life;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * {@code TRAIN TEST OUT} trains on the engines of one file, which all ran until they failed, and writes for each engine of the other, in order
 * of the units, its remaining life in cycles after its last row, one a line. {@code --validate TRAIN [SEEDS]} holds a fifth of the engines
 * back, cuts each at random, trains on the others and prints how far off the predictions are.
 */
public final class Cmapss {
    private static final long SEED = 1;

    /** Settings were chosen on the splits of seeds 1 to 5; figures are those of later ones. */
    private static final int FIRST_SEED = 11;

    private static final int HELD_BACK = 5;

    /** Cuts of each held-back engine, the earliest of them and how near to the end the latest is. */
    private static final int CUTS = 10;

    private static final int EARLIEST = 30;

    private Cmapss() {}

    /**
     * Root mean squares of what predictions were off by.
     *
     * @param single of one member of the ensemble, on average
     * @param below of those cuts alone that the cap leaves as they are
     * @param mean of always saying the mean of all lives
     */
    record Score(double rmse, double single, double below, double mean) {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try {
            if (arguments.length >= 2 && arguments[0].equals("--validate")) {
                validate(Path.of(arguments[1]), arguments.length > 2 ? seeds(arguments[2]) : 5);
            } else if (arguments.length == 3) {
                predict(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
            } else {
                throw new StratoswarmException(
                        Kind.INVALID,
                        "usage: benchmarks/cmapss TRAIN TEST OUT | benchmarks/cmapss --validate TRAIN [SEEDS]");
            }
        } catch (StratoswarmException e) {
            System.err.println("cmapss: " + e.getMessage());
            System.exit(2);
        } catch (IOException e) {
            System.err.println("cmapss: reading or writing failed: " + e);
            System.exit(1);
        }
    }

    private static int seeds(String text) {
        if (!text.matches("[1-9][0-9]{0,3}")) {
            throw new StratoswarmException(Kind.INVALID, "'" + text + "' is not a number of seeds from 1 to 9999");
        }
        return Integer.parseInt(text);
    }

    private static void predict(Path train, Path test, Path out) throws IOException, InterruptedException {
        List<Engine> engines = Engine.read(test);
        List<Engine> learned = Engine.read(train);
        if (!learned.getFirst().series().equals(engines.getFirst().series())) {
            throw new StratoswarmException(Kind.INVALID, train + " and " + test + " have different columns");
        }
        Path folder = out.toAbsolutePath().normalize().getParent();
        if (Files.isDirectory(out) || folder == null || !Files.isWritable(folder)) {
            // Told before the minutes that training takes.
            throw new StratoswarmException(
                    Kind.INVALID, "cannot write " + out + "; name a file in a folder that is there");
        }
        LifeModel model = LifeModel.train(learned, LifeModel.Settings.standard(), SEED, threads());
        String lives = Arrays.stream(model.predict(engines))
                .mapToObj(it -> String.format(Locale.ROOT, "%.2f%n", it))
                .collect(Collectors.joining());
        Files.writeString(out, lives);
        System.out.println(engines.size() + " engines of " + test + " predicted by " + model.size() + " models of "
                + model.names().size() + " series, trained on " + learned.size() + " engines of " + train);
    }

    private static int threads() {
        String asked = System.getProperty("cmapss.threads", "");
        if (asked.isEmpty()) {
            return Runtime.getRuntime().availableProcessors();
        }
        if (!asked.matches("[1-9][0-9]{0,2}")) {
            throw new StratoswarmException(
                    Kind.INVALID, "CMAPSS_THREADS is '" + asked + "', which is not a number from 1 to 999");
        }
        return Integer.parseInt(asked);
    }

    private static void validate(Path train, int seeds) throws IOException, InterruptedException {
        List<Engine> engines = Engine.read(train);
        System.out.printf(
                Locale.ROOT,
                "%d engines, of which %d are held back and cut at %d random cycles each, from cycle %d to the last but one; life capped at %d%n",
                engines.size(),
                engines.size() / HELD_BACK,
                CUTS,
                EARLIEST,
                LifeModel.CAP);
        double sum = 0;
        for (int seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed++) {
            Score score = score(engines, LifeModel.Settings.standard(), seed, threads());
            System.out.printf(
                    Locale.ROOT,
                    "seed %d: RMSE %.2f; a single model %.2f; of cuts below the cap %.2f; by the mean of all lives %.2f%n",
                    seed,
                    score.rmse(),
                    score.single(),
                    score.below(),
                    score.mean());
            sum += score.rmse();
        }
        System.out.printf(Locale.ROOT, "mean RMSE over %d seeds: %.2f%n", seeds, sum / seeds);
    }

    /** The seed says which engines are held back, where they are cut and how training begins. */
    static Score score(List<Engine> engines, LifeModel.Settings settings, long seed, int threads)
            throws InterruptedException {
        Random random = new Random(seed);
        List<Engine> shuffled = new ArrayList<>(engines);
        Collections.shuffle(shuffled, random);
        int held = Math.max(1, engines.size() / HELD_BACK);
        List<Engine> cut = new ArrayList<>();
        List<Double> lives = new ArrayList<>();
        for (Engine it : shuffled.subList(0, held)) {
            for (int i = 0; i < CUTS; i++) {
                int end = random.nextInt(Math.min(EARLIEST, it.cycles() - 1), it.cycles());
                cut.add(it.until(end));
                lives.add((double) Math.min(LifeModel.CAP, it.cycles() - end));
            }
        }
        LifeModel model = LifeModel.train(shuffled.subList(held, shuffled.size()), settings, seed, threads);
        double single = 0;
        for (int i = 0; i < model.size(); i++) {
            single += rmse(model.predict(cut, i), lives, LifeModel.CAP + 1) / model.size();
        }
        double[] mean = new double[cut.size()];
        Arrays.fill(mean, lives.stream().mapToDouble(it -> it).average().orElse(0));
        double[] predicted = model.predict(cut);
        return new Score(
                rmse(predicted, lives, LifeModel.CAP + 1),
                single,
                rmse(predicted, lives, LifeModel.CAP),
                rmse(mean, lives, LifeModel.CAP + 1));
    }

    private static double rmse(double[] predicted, List<Double> lives, double below) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < predicted.length; i++) {
            double off = predicted[i] - lives.get(i);
            if (lives.get(i) < below) {
                sum += off * off;
                count++;
            }
        }
        return Math.sqrt(sum / Math.max(1, count));
    }
}
