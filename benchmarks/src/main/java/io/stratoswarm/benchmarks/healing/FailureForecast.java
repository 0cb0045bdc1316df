package io.stratoswarm.benchmarks.healing;

import io.stratoswarm.api.learn.SequenceKernels;
import io.stratoswarm.healing.lstm.CpuKernels;
import io.stratoswarm.healing.lstm.ModelFile;
import io.stratoswarm.healing.lstm.SequenceModel;
import io.stratoswarm.healing.predict.KeptLessons;
import io.stratoswarm.healing.predict.LstmForecaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Learns from recordings of the fault bench to foresee failures, and scores what was learned on others:
 * {@code FailureForecast TRAIN [SCORED...] [--out FOLDER]}. Each quarter of the seeds to train on is scored first, by a model of the other three.
 * {@code FailureForecast --shipped SCORED...} scores the model that comes with the bundle.
 */
public final class FailureForecast {
    private static final int FOLDS = 4;

    private FailureForecast() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> given = new ArrayList<>(Arrays.asList(arguments));
        int at = given.indexOf("--out");
        Path out = null;
        if (at >= 0 && at + 1 < given.size()) {
            out = Path.of(given.get(at + 1));
            given.subList(at, at + 2).clear();
        }
        boolean shipped = given.remove("--shipped");
        if (given.isEmpty() || given.stream().anyMatch(it -> it.startsWith("--"))) {
            System.err.println("usage: FailureForecast TRAIN [SCORED...] [--out FOLDER] | --shipped SCORED...;"
                    + " each is a folder of recordings");
            System.exit(2);
        }
        SequenceKernels kernels = new CpuKernels();
        if (shipped) {
            score(LstmForecaster.shipped(), kernels, given);
            return;
        }
        List<ForecastTraining.Material> material =
                ForecastTraining.material(Recordings.read(Path.of(given.getFirst())));
        for (ForecastTraining.Material one : material) {
            if (one.recording().heldOut()) {
                throw new IllegalArgumentException(
                        one.recording().kind() + " is held out, and must not be learned from");
            }
        }
        ForecastTraining training = new ForecastTraining(kernels);
        List<SequenceModel> folds = training.folds(material, FOLDS);
        crossValidation(folds, kernels, material);
        SequenceModel model = training.whole(material, folds.getFirst().head());
        if (out != null) {
            Files.write(out.resolve("forecast.swlm"), ModelFile.write(model));
            Files.write(
                    out.resolve("forecast-lessons.gz"),
                    KeptLessons.write(ForecastTraining.kept(material, new SplittableRandom(7))));
        }
        score(model, kernels, given.subList(1, given.size()));
    }

    /** What the settings of the training were chosen by. */
    private static void crossValidation(
            List<SequenceModel> folds, SequenceKernels kernels, List<ForecastTraining.Material> material) {
        ForecastScore score = new ForecastScore("seeds left out, by models of the others");
        for (int f = 0; f < FOLDS; f++) {
            int fold = f;
            score.add(
                    folds.get(f),
                    kernels,
                    material.stream()
                            .map(ForecastTraining.Material::recording)
                            .filter(it -> it.seed() % FOLDS == fold)
                            .toList());
        }
        score.print();
    }

    private static void score(SequenceModel model, SequenceKernels kernels, List<String> folders) throws IOException {
        for (String folder : folders) {
            ForecastScore score = new ForecastScore(folder);
            score.add(model, kernels, Recordings.read(Path.of(folder)));
            score.print();
        }
    }
}
