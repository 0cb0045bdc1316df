package io.stratoswarm.benchmarks.nab;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.benchmarks.nab.NabCorpus.DataFile;
import io.stratoswarm.benchmarks.nab.NabScore.Counts;
import io.stratoswarm.healing.anomaly.AnomalyDetector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Runs the detector over each file of a folder laid out like the Numenta Anomaly Benchmark, writes the results in its format, and where there
 * are labels tells the score. Labels are read after all values of a file are scored.
 */
public final class Nab {
    private Nab() {}

    public static void main(String[] arguments) {
        if (arguments.length != 2) {
            System.err.println("usage: benchmarks/nab DATA_DIR OUT_DIR");
            System.exit(2);
        }
        try {
            run(Path.of(arguments[0]), Path.of(arguments[1]));
        } catch (StratoswarmException failure) {
            System.err.println("benchmarks/nab: " + failure.getMessage());
            System.exit(1);
        }
    }

    static void run(Path data, Path out) {
        NabCorpus corpus = new NabCorpus(data);
        NabResults results = new NabResults(out);
        List<NabProfile> profiles = corpus.profiles();
        List<NabSeries> scored = new ArrayList<>();
        List<String> unlabelled = new ArrayList<>();
        List<String> names = corpus.names();
        for (String name : names) {
            DataFile file = corpus.read(name);
            double[] scores = scores(file);
            Optional<NabSeries> labelled = corpus.windows(file).map(windows -> new NabSeries(name, scores, windows));
            labelled.ifPresentOrElse(scored::add, () -> unlabelled.add(name));
            results.write(file, scores, labelled, profiles);
        }
        System.out.printf(Locale.ROOT, "%d files; results in %s%n", names.size(), out.resolve(NabResults.DETECTOR));
        if (scored.isEmpty()) {
            System.out.println("no labels, and so no score: " + data
                    + " has no labels/combined_windows.json that names these files");
            return;
        }
        if (!unlabelled.isEmpty()) {
            System.out.println("without labels, and so not in the score: " + String.join(", ", unlabelled));
        }
        for (NabProfile profile : profiles) {
            print(scored, profile, NabScore.best(scored, profile));
            results.write(scored, profile, NabScore.best(scored, profile).threshold());
        }
        profiles.stream()
                .filter(profile -> profile.name().equals(NabProfile.STANDARD.name()))
                .forEach(profile -> byParts(scored, profile));
    }

    private static double[] scores(DataFile file) {
        AnomalyDetector detector = new AnomalyDetector();
        long[] times = file.millis();
        double[] values = file.numbers();
        double[] scores = new double[values.length];
        for (int row = 0; row < scores.length; row++) {
            scores[row] = detector.score(times[row], values[row]);
        }
        return scores;
    }

    private static void print(List<NabSeries> corpus, NabProfile profile, Counts best) {
        int windows =
                corpus.stream().mapToInt(series -> series.windows().size()).sum();
        long found = corpus.stream()
                .mapToLong(series -> found(series, best.threshold()))
                .sum();
        System.out.printf(
                Locale.ROOT,
                "%-20s %6.2f  (threshold %.4f; %d of %d windows, %d rows outside)%n",
                profile.name(),
                NabScore.normalised(corpus, profile, best.score()),
                best.threshold(),
                found,
                windows,
                best.falsePositives());
    }

    private static long found(NabSeries series, double threshold) {
        double[] scores = series.scores();
        return series.windows().stream()
                .filter(window -> {
                    for (int row = Math.max(window.first(), series.probation()); row <= window.last(); row++) {
                        if (scores[row] >= threshold) {
                            return true;
                        }
                    }
                    return false;
                })
                .count();
    }

    /** How much the score depends on the threshold having been chosen on the same files. */
    private static void byParts(List<NabSeries> corpus, NabProfile profile) {
        double threshold = NabScore.best(corpus, profile).threshold();
        double sum = 0;
        for (String category : new TreeSet<>(corpus.stream().map(Nab::category).toList())) {
            Predicate<NabSeries> within = series -> category(series).equals(category);
            List<NabSeries> part = corpus.stream().filter(within).toList();
            List<NabSeries> others = corpus.stream().filter(within.negate()).toList();
            double otherThreshold = others.isEmpty()
                    ? threshold
                    : NabScore.best(others, profile).threshold();
            double fromOthers = NabScore.at(part, profile, otherThreshold).score();
            sum += fromOthers;
            if (part.stream().allMatch(series -> series.windows().isEmpty())) {
                System.out.printf(
                        Locale.ROOT,
                        "  %-22s no windows; %d rows said to be anomalous%n",
                        category,
                        NabScore.at(part, profile, threshold).falsePositives());
                continue;
            }
            System.out.printf(
                    Locale.ROOT,
                    "  %-22s %6.2f  with the threshold of all, %6.2f with that of the other categories%n",
                    category,
                    NabScore.normalised(
                            part, profile, NabScore.at(part, profile, threshold).score()),
                    NabScore.normalised(part, profile, fromOthers));
        }
        System.out.printf(
                Locale.ROOT,
                "  each category with the threshold of the others: %.2f%n",
                NabScore.normalised(corpus, profile, sum));
        System.out.printf(
                Locale.ROOT,
                "  at the detector's own threshold, %.2f: %.2f%n",
                AnomalyDetector.ALARM,
                NabScore.normalised(
                        corpus,
                        profile,
                        NabScore.at(corpus, profile, AnomalyDetector.ALARM).score()));
    }

    private static String category(NabSeries series) {
        int slash = series.name().indexOf('/');
        return slash < 0 ? "" : series.name().substring(0, slash);
    }
}
