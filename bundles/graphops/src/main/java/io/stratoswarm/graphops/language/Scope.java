package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.GraphTree.Place;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The parameters that a file sees: its own, and those of the file that includes it. */
final class Scope {
    private record Parameter(Place place, GraphTree value) {}

    private final Optional<Scope> outer;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();

    Scope(Optional<Scope> outer) {
        this.outer = outer;
    }

    boolean outermost() {
        return outer.isEmpty();
    }

    Optional<GraphTree> find(String name) {
        Parameter own = parameters.get(name);
        return own != null ? Optional.of(own.value()) : outer.flatMap(scope -> scope.find(name));
    }

    /** The place of a parameter of this name that is here already; else it is added. */
    Optional<Place> add(Place place, String name, GraphTree value) {
        return Optional.ofNullable(parameters.putIfAbsent(name, new Parameter(place, value)))
                .map(Parameter::place);
    }

    /** Whether the includer gave a value for this one. */
    boolean holds(String name) {
        return parameters.containsKey(name);
    }

    Set<String> names() {
        Set<String> names = new LinkedHashSet<>(parameters.keySet());
        outer.ifPresent(scope -> names.addAll(scope.names()));
        return names;
    }
}
