package io.stratoswarm.api.place;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Something that agents can run on: a host, a NUMA node of it, a processor, a GPU.
 *
 * @param id unique among the places, for example {@code numa0}
 * @param within the place that it is a part of; what runs here uses the capacity of that one too
 * @param labels that constraints group places by; those of the outer places hold here too
 * @param capacity by resource: {@code cpu} (cores), {@code memory}, {@code gpu}, {@code gpuMemory}, {@code disk} (bytes),
 *     {@code bandwidth} (bytes a second), or a custom one. One that is absent is not there; a part of a place has then what the
 *     outer one has
 * @param temperature degrees Celsius
 * @param cost of using it at all, in any unit that is the same for all places
 * @param cpus numbers of the processors that it stands for; empty where it confines nothing
 * @param memoryNodes numbers of the NUMA nodes whose memory belongs to it; empty where it confines nothing
 */
public record Place(
        String id,
        Optional<String> within,
        Map<String, String> labels,
        Map<String, Double> capacity,
        OptionalDouble temperature,
        double cost,
        List<Integer> cpus,
        List<Integer> memoryNodes) {
    /** The label that names the zone of a place. */
    public static final String ZONE = "zone";

    public Place {
        labels = Map.copyOf(labels);
        capacity = Map.copyOf(capacity);
        cpus = List.copyOf(cpus);
        memoryNodes = List.copyOf(memoryNodes);
    }

    /** A place of its own that stands for no processors. */
    public static Place of(String id, Map<String, String> labels, Map<String, Double> capacity) {
        return new Place(id, Optional.empty(), labels, capacity, OptionalDouble.empty(), 0, List.of(), List.of());
    }

    public Optional<String> zone() {
        return Optional.ofNullable(labels.get(ZONE));
    }
}
