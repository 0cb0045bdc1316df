package io.stratoswarm.healing.trial;

import io.stratoswarm.healing.strategy.Choice;
import java.util.Optional;

/**
 * What is to be done about a case.
 *
 * @param choice the act first
 * @param by the script that chose it; empty where none did
 */
public record Advice(Choice choice, Optional<By> by) {
    /**
     * A version of a script.
     *
     * @param hash SHA-256 of its text
     * @param why in its words
     */
    public record By(String script, String hash, String why) {
        /** Clause for a reasoning. */
        public String said() {
            return "the script " + script + " at " + hash.substring(0, Math.min(12, hash.length())) + " chose it: "
                    + why;
        }
    }
}
