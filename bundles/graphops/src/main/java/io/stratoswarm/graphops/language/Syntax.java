package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree.Place;
import java.util.List;
import java.util.Optional;

/** What was written, before anything is made of it. */
final class Syntax {
    private Syntax() {}

    /**
     * One statement.
     *
     * @param word its key; empty for a condition alone
     * @param quoted whether the key is in quotes, and so never a word of the language
     * @param assigned what stands behind an equals sign
     */
    record Statement(
            Place place,
            String word,
            boolean quoted,
            Optional<Value> assigned,
            List<Phrase> phrases,
            Optional<Test> condition,
            Optional<Block> block) {
        boolean is(String other) {
            return !quoted && word.equals(other);
        }

        /** Nothing but the key. */
        boolean bare() {
            return assigned.isEmpty() && phrases.isEmpty() && condition.isEmpty() && block.isEmpty();
        }
    }

    /** Values and joining signs up to a comma. */
    record Phrase(Place place, List<Part> parts) {}

    sealed interface Part {
        Place place();
    }

    /** {@code ->} or {@code =}. */
    record Join(Place place, String sign) implements Part {}

    sealed interface Value extends Part {}

    /** A word, a number, or a number with a unit, as it stands. */
    record Bare(Place place, String text, boolean number) implements Value {}

    /** A quoted text; one that may hold parameters is taken apart later. */
    record Quoted(Place place, String text, boolean interpolated) implements Value {}

    /** A parameter as a value. */
    record Reference(Place place, String name) implements Value {}

    record ListOf(Place place, List<Value> items) implements Value {}

    record Block(Place place, List<Statement> statements) implements Value {}

    /** A condition on records. */
    sealed interface Test {
        Place place();
    }

    /** @param join {@code all} or {@code any} */
    record Joined(Place place, String join, List<Test> tests) implements Test {}

    record Negated(Place place, Test test) implements Test {}

    /** @param key as in the JSON form, for example {@code equals} */
    record Compared(Place place, String field, String key, Optional<Value> value) implements Test {}
}
