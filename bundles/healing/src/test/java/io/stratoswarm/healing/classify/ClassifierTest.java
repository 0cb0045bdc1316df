package io.stratoswarm.healing.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.healing.classify.Classifier.Verdict;
import io.stratoswarm.healing.pattern.Patterns;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ClassifierTest {
    private static final List<String> NAMES = List.of("a", "b", "c", "noise1", "noise2", "noise3");

    private final SplittableRandom random = new SplittableRandom(11);

    /** Three classes that each have one measure, among measures that tell nothing. */
    private double[] vector(int kind) {
        double[] vector = new double[NAMES.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] =
                    i < 3 ? (i == kind ? 0.8 : 0) + 0.15 * (random.nextDouble() - 0.5) : random.nextDouble() * 2 - 1;
        }
        return vector;
    }

    private Model model() {
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 36; i++) {
            examples.add(new Example("class-" + i % 3, vector(i % 3)));
        }
        return Model.learn(NAMES, examples, "healthy");
    }

    private static Patterns patterns(double[] vector) {
        TreeMap<String, Double> values = new TreeMap<>();
        for (int i = 0; i < vector.length; i++) {
            values.put(NAMES.get(i), vector[i]);
        }
        return new Patterns(values);
    }

    @Test
    void shouldLearnWhichMeasuresCount() {
        Model model = model();
        double[] weights = model.weights();
        for (int i = 0; i < 3; i++) {
            for (int j = 3; j < weights.length; j++) {
                assertTrue(weights[i] > 2 * weights[j], "weight of " + NAMES.get(i) + " and " + NAMES.get(j));
            }
        }
        Classifier classifier = new Classifier(model);
        int right = 0;
        double sure = 0;
        for (int i = 0; i < 300; i++) {
            Verdict verdict = classifier.classify(patterns(vector(i % 3)), "");
            right += verdict.label().equals("class-" + i % 3) ? 1 : 0;
            sure += verdict.confidence();
        }
        assertTrue(right > 290, "right: " + right);
        assertTrue(sure / 300 > 0.9, "sure: " + sure / 300);
    }

    @Test
    void shouldKnowWhatItDoesNotKnow() {
        Classifier classifier = new Classifier(model());
        double[] other = vector(0);
        other[0] = -0.9;
        other[2] = -0.9;
        Verdict verdict = classifier.classify(patterns(other), "");
        assertFalse(verdict.known(), "distance " + verdict.distance());
        assertTrue(classifier.classify(patterns(vector(1)), "").known());
    }

    @Test
    void shouldKnowAClassFromItsFirstExamples() {
        Model model = model();
        double[] first = vector(0);
        first[0] = -0.9;
        double[] second = vector(0);
        second[0] = -0.85;
        Classifier classifier = new Classifier(model, List.of(new Example("new-5", first)));
        Verdict verdict = classifier.classify(patterns(second), "");
        assertEquals("new-5", verdict.label());
        assertTrue(verdict.known());
        assertEquals(
                1,
                verdict.probabilities().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum(),
                1e-9);
        assertEquals("class-1", classifier.classify(patterns(vector(1)), "").label());
        double[] third = vector(1);
        third[1] = -0.9;
        assertFalse(classifier.classify(patterns(third), "").known(), "it is like neither");
    }

    @Test
    void shouldNotMindWhatTheHostDoes() {
        List<String> names = new ArrayList<>(NAMES);
        names.add("host.cpu");
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 36; i++) {
            double[] vector = java.util.Arrays.copyOf(vector(i % 3), names.size());
            vector[names.size() - 1] = 0.99 + random.nextDouble() / 100;
            examples.add(new Example("class-" + i % 3, vector));
        }
        Classifier classifier = new Classifier(Model.learn(names, examples, "healthy"));
        Patterns idle = patterns(vector(1));
        TreeMap<String, Double> values = new TreeMap<>(idle.values());
        values.put("host.cpu", 0.1);
        assertTrue(classifier.classify(new Patterns(values), "").known(), "it was learned on a busy host");
    }

    @Test
    void shouldLeaveOutWhatItCannotBe() {
        Classifier classifier = new Classifier(model());
        Verdict verdict = classifier.classify(patterns(vector(1)), "class-1");
        assertFalse(verdict.probabilities().containsKey("class-1"));
        assertEquals(
                1,
                verdict.probabilities().values().stream()
                        .mapToDouble(Double::doubleValue)
                        .sum(),
                1e-9);
    }

    @Test
    void shouldReadWhatItWrote() {
        Model model = model();
        Model again = Model.read(new ByteArrayInputStream(model.write().getBytes(StandardCharsets.UTF_8)), "x");
        assertEquals(model.write(), again.write());
        StratoswarmException garbage = assertThrows(
                StratoswarmException.class,
                () -> Model.read(
                        new ByteArrayInputStream("{\"names\":[\"a\"]}".getBytes(StandardCharsets.UTF_8)), "x"));
        assertEquals(StratoswarmException.Kind.DAMAGED, garbage.kind());
    }
}
