package io.stratoswarm.benchmarks.healing;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.benchmarks.healing.Recordings.Recording;
import io.stratoswarm.healing.classify.Classifier;
import io.stratoswarm.healing.classify.Classifier.Verdict;
import io.stratoswarm.healing.classify.Example;
import io.stratoswarm.healing.classify.Model;
import io.stratoswarm.healing.pattern.Patterns;
import io.stratoswarm.healing.strategy.Ladder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Learns the classes of failures from recordings of the fault bench, and scores what was learned on others:
 * {@code FailureClasses TRAIN [UNSEEN HELDOUT] [--with MODEL] [--out FILE]}. The examples of an earlier model count as well, so that one learns
 * from hosts of several kinds.
 */
public final class FailureClasses {
    private static final double SURE = 0.5;
    private static final int BINS = 10;

    private FailureClasses() {}

    public static void main(String[] arguments) throws IOException {
        List<String> given = new ArrayList<>(Arrays.asList(arguments));
        Optional<Path> out = option(given, "--out");
        Optional<Path> with = option(given, "--with");
        if (given.size() != 1 && given.size() != 3) {
            System.err.println(
                    "usage: FailureClasses TRAIN [UNSEEN HELDOUT] [--with MODEL] [--out FILE]; each is a folder of recordings");
            System.exit(2);
        }
        List<Example> examples = new ArrayList<>();
        if (with.isPresent()) {
            examples.addAll(earlier(with.get()));
        }
        examples.addAll(examples(Recordings.read(Path.of(given.getFirst()))));
        Model model = Model.learn(Patterns.NAMES, examples, Ladder.HEALTHY);
        System.out.printf(
                "learned from %d examples: sharpness %.2f, farthest %.2f%n",
                model.examples().size(), model.sharpness(), model.farthest());
        weights(model);
        if (given.size() == 3) {
            score("unseen seeds", model, Recordings.read(Path.of(given.get(1))));
            List<Recording> heldOut = Recordings.read(Path.of(given.get(2)));
            score("held-out kinds", model, heldOut);
            open(model, heldOut);
        }
        if (out.isPresent()) {
            Files.writeString(out.get(), model.write());
        }
    }

    private static Optional<Path> option(List<String> given, String name) {
        int at = given.indexOf(name);
        if (at < 0 || at + 1 == given.size()) {
            return Optional.empty();
        }
        Path path = Path.of(given.get(at + 1));
        given.subList(at, at + 2).clear();
        return Optional.of(path);
    }

    /** What it learned from; the rest of it is learned anew, so it may be of another version with the same measures. */
    private static List<Example> earlier(Path model) throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode tree = json.readTree(model.toFile());
        if (!json.convertValue(tree.path("names"), new TypeReference<List<String>>() {})
                .equals(Patterns.NAMES)) {
            throw new IOException(model + " has other measures than this build");
        }
        return json.convertValue(tree.path("examples"), new TypeReference<List<Example>>() {});
    }

    private static List<Example> examples(List<Recording> recordings) {
        List<Example> examples = new ArrayList<>();
        for (Recording recording : recordings) {
            if (recording.heldOut()) {
                throw new IllegalArgumentException(recording.kind() + " is held out, and must not be learned from");
            }
            double[] vector = Patterns.of(recording.window()).vector();
            for (int i = 0; i < vector.length; i++) {
                vector[i] = Math.round(vector[i] * 1e4) / 1e4;
            }
            examples.add(new Example(recording.label(), vector));
        }
        return examples;
    }

    /** Failures of kinds that nothing is known of, one after the other as a host would meet them: whether a class gathers those of a kind. */
    private static void open(Model model, List<Recording> recordings) {
        List<Recording> failed = recordings.stream()
                .filter(recording ->
                        !recording.window().circumstance().trigger().isEmpty())
                .sorted(Comparator.comparingLong(Recording::seed))
                .toList();
        List<Example> opened = new ArrayList<>();
        Map<String, Set<String>> classes = new TreeMap<>();
        Map<String, String> openedBy = new TreeMap<>();
        int wrong = 0;
        for (Recording recording : failed) {
            Verdict verdict = new Classifier(model, opened).classify(Patterns.of(recording.window()), Ladder.HEALTHY);
            String label = verdict.label();
            if (!verdict.known() || verdict.confidence() < SURE) {
                label = "new-" + recording.kind() + "-" + recording.seed();
                openedBy.put(label, recording.kind());
            }
            String by = openedBy.get(label);
            if (by != null) {
                opened.add(new Example(label, Patterns.of(recording.window()).vector()));
            }
            wrong += by == null || !by.equals(recording.kind()) ? 1 : 0;
            classes.computeIfAbsent(recording.kind(), any -> new TreeSet<>()).add(label);
        }
        System.out.printf(
                "one after the other: %d of %d under a class that another kind opened, or that was known%n",
                wrong, failed.size());
        classes.forEach((kind, labels) -> System.out.printf("  %-20s %s%n", kind, labels));
    }

    private static void weights(Model model) {
        Map<Double, String> sorted = new TreeMap<>();
        double[] weights = model.weights();
        for (int i = 0; i < weights.length; i++) {
            sorted.put(-weights[i], model.names().get(i));
        }
        System.out.print("what counts most:");
        sorted.entrySet().stream()
                .limit(15)
                .forEach(each -> System.out.printf(" %s %.2f", each.getValue(), -each.getKey()));
        System.out.println();
    }

    private static void score(String what, Model model, List<Recording> recordings) {
        Classifier classifier = new Classifier(model);
        Map<String, int[]> kinds = new TreeMap<>();
        int right = 0;
        int opened = 0;
        double[] sure = new double[BINS];
        double[] hits = new double[BINS];
        double[] counts = new double[BINS];
        for (Recording recording : recordings) {
            boolean failed = !recording.window().circumstance().trigger().isEmpty();
            Verdict verdict = classifier.classify(Patterns.of(recording.window()), failed ? Ladder.HEALTHY : "");
            boolean fresh = !verdict.known() || verdict.confidence() < SURE;
            boolean hit = !fresh && verdict.label().equals(recording.label());
            int[] its = kinds.computeIfAbsent(recording.kind(), any -> new int[3]);
            its[0]++;
            its[1] += hit ? 1 : 0;
            its[2] += fresh ? 1 : 0;
            right += hit ? 1 : 0;
            opened += fresh ? 1 : 0;
            int bin = (int) Math.min(BINS - 1, verdict.confidence() * BINS);
            counts[bin]++;
            sure[bin] += verdict.confidence();
            hits[bin] += verdict.label().equals(recording.label()) ? 1 : 0;
            if (!hit) {
                System.out.printf(
                        "  %s %d: %s %.2f distance %.2f (%s)%n",
                        recording.kind(),
                        recording.seed(),
                        verdict.label(),
                        verdict.confidence(),
                        verdict.distance(),
                        String.join(", ", verdict.drivers()));
            }
        }
        int count = recordings.size();
        System.out.printf(
                "%s: %d cases, right class %.3f, opened as new %.3f%n",
                what, count, (double) right / count, (double) opened / count);
        kinds.forEach((kind, its) ->
                System.out.printf("  %-20s %3d cases, right %3d, new %3d%n", kind, its[0], its[1], its[2]));
        double error = 0;
        for (int i = 0; i < BINS; i++) {
            if (counts[i] > 0) {
                error += Math.abs(sure[i] - hits[i]) / count;
                System.out.printf(
                        "  confidence %.2f, right %.2f (%d)%n",
                        sure[i] / counts[i], hits[i] / counts[i], (int) counts[i]);
            }
        }
        System.out.printf("  expected calibration error %.3f%n", error);
    }
}
