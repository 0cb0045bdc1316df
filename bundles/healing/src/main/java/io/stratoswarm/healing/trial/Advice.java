package io.stratoswarm.healing.trial;

import io.stratoswarm.healing.strategy.Choice;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is to be done about a case.
 *
 * @param choice the act first
 * @param by the script that chose it; empty where none did
 */
public record Advice(Choice choice, Optional<By> by) {
    /** The numbers that the act is to be done with. */
    public SortedMap<String, Double> parameters() {
        return by.map(By::parameters).orElse(Collections.emptySortedMap());
    }

    /**
     * A version of a script.
     *
     * @param hash SHA-256 of its text
     * @param why in its words
     * @param parameters that it wants the act to be done with
     */
    public record By(String script, String hash, String why, SortedMap<String, Double> parameters) {
        public By {
            parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        }

        /** Clause for a reasoning. */
        public String said() {
            return "the script " + script + " at " + hash.substring(0, Math.min(12, hash.length())) + " chose it: "
                    + why;
        }
    }
}
