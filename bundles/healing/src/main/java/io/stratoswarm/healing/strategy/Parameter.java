package io.stratoswarm.healing.strategy;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A number that an act can be done with.
 *
 * @param least it may be
 * @param most it may be
 * @param usual what it is where nobody says another one
 * @param what one clause for a reader
 */
public record Parameter(String name, double least, double most, double usual, String what) {
    /** The number that is to be taken. */
    public double in(Map<String, Double> given) {
        return given.getOrDefault(name, usual);
    }

    /** What is wrong with numbers that are to be those of an act; empty where nothing is. */
    public static Optional<String> wrong(Act act, Map<String, Double> given) {
        for (Map.Entry<String, Double> each : given.entrySet()) {
            Optional<Parameter> known = act.parameters().stream()
                    .filter(it -> it.name().equals(each.getKey()))
                    .findFirst();
            if (known.isEmpty()) {
                return Optional.of("parameters: '" + act.word() + "' takes no '" + each.getKey() + "'; it takes "
                        + (act.parameters().isEmpty()
                                ? "none"
                                : act.parameters().stream().map(Parameter::name).collect(Collectors.joining(", "))));
            }
            Parameter it = known.get();
            if (!(each.getValue() >= it.least() && each.getValue() <= it.most())) {
                return Optional.of("parameters." + it.name() + ": must be from " + it.least() + " to " + it.most()
                        + ", not " + each.getValue());
            }
        }
        return Optional.empty();
    }
}
