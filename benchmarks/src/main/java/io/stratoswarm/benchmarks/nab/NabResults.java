package io.stratoswarm.benchmarks.nab;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.benchmarks.nab.NabCorpus.DataFile;
import io.stratoswarm.benchmarks.nab.NabScore.Counts;
import io.stratoswarm.benchmarks.nab.NabSeries.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes results in the corpus' own format, so that its program can score and plot them. */
final class NabResults {
    static final String DETECTOR = "stratoswarm";

    private final Path folder;

    NabResults(Path folder) {
        this.folder = folder;
    }

    /** The scores of one file; with what each row counts for where it is labelled. */
    void write(DataFile file, double[] scores, Optional<NabSeries> labelled, List<NabProfile> profiles) {
        List<NabProfile> columns = labelled.isPresent() ? profiles : List.of();
        List<double[]> worths = columns.stream()
                .map(profile -> NabScore.worth(labelled.orElseThrow(), profile))
                .toList();
        List<Window> windows = labelled.map(NabSeries::windows).orElse(List.of());
        StringBuilder text = new StringBuilder("timestamp,value,anomaly_score,label");
        columns.forEach(profile -> text.append(",S(t)_").append(profile.name()));
        text.append('\n');
        for (int row = 0; row < file.rows(); row++) {
            int at = row;
            boolean within = windows.stream().anyMatch(window -> at >= window.first() && at <= window.last());
            text.append(file.times().get(row))
                    .append(',')
                    .append(file.values().get(row))
                    .append(',');
            text.append(scores[row]).append(',').append(within ? 1 : 0);
            worths.forEach(worth -> text.append(',').append(worth[at]));
            text.append('\n');
        }
        Path name = Path.of(file.name());
        Path category = name.getParent();
        Path to = folder.resolve(DETECTOR);
        write(
                (category == null ? to : to.resolve(category)).resolve(DETECTOR + "_" + name.getFileName()),
                text.toString());
    }

    /** What each file got at the threshold of all. */
    void write(List<NabSeries> corpus, NabProfile profile, double threshold) {
        StringBuilder text = new StringBuilder("Detector,Profile,File,Threshold,Score,TP,TN,FP,FN,Total_Count\n");
        for (NabSeries series : corpus) {
            row(text, profile, series.name(), threshold, NabScore.at(List.of(series), profile, threshold));
        }
        row(text, profile, "Totals", threshold, NabScore.at(corpus, profile, threshold));
        write(folder.resolve(DETECTOR).resolve(DETECTOR + "_" + profile.name() + "_scores.csv"), text.toString());
    }

    private static void row(StringBuilder text, NabProfile profile, String file, double threshold, Counts counts) {
        text.append(String.format(
                Locale.ROOT,
                "%s,%s,%s,%s,%s,%d,%d,%d,%d,%d%n",
                DETECTOR,
                profile.name(),
                file,
                threshold,
                counts.score(),
                counts.truePositives(),
                counts.trueNegatives(),
                counts.falsePositives(),
                counts.falseNegatives(),
                counts.rows()));
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException failed) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot write " + file + ": " + failed, failed);
        }
    }
}
