package io.stratoswarm.api.graph;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What a placement must keep. {@code by} names a label of places that groups them, or {@code place} for each one alone. */
public sealed interface Constraint {
    /** Nodes that it is about; empty means all. */
    List<String> nodes();

    /** Only on places whose label has one of the values; any value where none is named. */
    record Affinity(List<String> nodes, String label, List<String> values) implements Constraint {
        public Affinity {
            nodes = List.copyOf(nodes);
            values = List.copyOf(values);
        }
    }

    /** @param maxSkew most that the numbers of agents in two groups may differ by */
    record Spread(List<String> nodes, String by, int maxSkew) implements Constraint {
        public Spread {
            nodes = List.copyOf(nodes);
        }
    }

    /** Only on this place. */
    record Pin(List<String> nodes, String place) implements Constraint {
        public Pin {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * On each place at most so many agents of the nodes, or so large a share of what it has of a resource.
     *
     * @param resource {@code cpu}, {@code memory}, {@code gpu}, {@code gpuMemory}, {@code disk}, {@code bandwidth} or a custom one
     */
    record Capacity(List<String> nodes, OptionalInt agents, Optional<String> resource, Optional<Double> share)
            implements Constraint {
        public Capacity {
            nodes = List.copyOf(nodes);
        }
    }

    /** All agents of the nodes in one group. */
    record CoLocation(List<String> nodes, String by) implements Constraint {
        public CoLocation {
            nodes = List.copyOf(nodes);
        }
    }

    /** No two agents of different ones of these nodes in one group. */
    record Forbidden(List<String> nodes, String by) implements Constraint {
        public Forbidden {
            nodes = List.copyOf(nodes);
        }
    }
}
