package io.stratoswarm.healing.heal;

import io.stratoswarm.healing.classify.Classifier;
import io.stratoswarm.healing.classify.Classifier.Verdict;
import io.stratoswarm.healing.classify.Example;
import io.stratoswarm.healing.classify.Model;
import io.stratoswarm.healing.pattern.Patterns;
import io.stratoswarm.healing.strategy.Ladder;
import io.stratoswarm.healing.strategy.Learned;
import java.util.ArrayList;
import java.util.List;

/** Gives a failure its class: one of the model, one that was opened before, or a new one. */
final class Naming {
    private static final String OPENED = "new-";

    private final Model model;
    private final double confidence;

    Naming(Model model, double confidence) {
        this.model = model;
        this.confidence = confidence;
    }

    /**
     * @param label its class
     * @param vector of an example that is to be kept, of an opened class; empty where it is one of the model
     */
    record Named(String label, Verdict verdict, double[] vector) {
        Named {
            vector = vector.clone();
        }

        @Override
        public double[] vector() {
            return vector.clone();
        }

        /** The same under another label, of a failure that was met before. */
        Named as(String other) {
            return new Named(other, verdict, Naming.opened(other) ? vector : new double[0]);
        }

        /** Whether this very failure opened its class. */
        boolean fresh(long number) {
            return label.equals(OPENED + number);
        }

        boolean opened() {
            return label.startsWith(OPENED);
        }
    }

    /** Whether a class was opened here. */
    static boolean opened(String label) {
        return label.startsWith(OPENED);
    }

    /** @param number of the case, by which a class that is opened by it is called */
    Named name(Patterns patterns, Learned learned, long number) {
        Classifier classifier = classifier(learned);
        Verdict verdict = classifier.classify(patterns, Ladder.HEALTHY);
        if (!verdict.known() || verdict.confidence() < confidence) {
            return new Named(OPENED + number, verdict, classifier.vector(patterns));
        }
        return new Named(
                verdict.label(), verdict, opened(verdict.label()) ? classifier.vector(patterns) : new double[0]);
    }

    /** With the classes that were opened. */
    Classifier classifier(Learned learned) {
        List<Example> more = new ArrayList<>();
        learned.classes().values().forEach(known -> more.addAll(known.examples()));
        more.removeIf(example -> example.vector().length != model.names().size()); // Of a model with other measures.
        return new Classifier(model, more);
    }
}
