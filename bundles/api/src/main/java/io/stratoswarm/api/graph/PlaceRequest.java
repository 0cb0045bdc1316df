package io.stratoswarm.api.graph;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What each agent of a node asks of the place it runs on. Where cores or memory are absent, its limits count.
 *
 * @param cpuCores processor cores
 * @param gpus whole processors for graphics, or parts of one
 * @param bandwidth bytes a second
 * @param custom amounts of what places offer by a name of their own, for example licences
 */
public record PlaceRequest(
        Optional<Double> cpuCores,
        OptionalLong memoryBytes,
        Optional<Double> gpus,
        OptionalLong gpuMemoryBytes,
        OptionalLong diskBytes,
        OptionalLong bandwidth,
        Map<String, Double> custom) {
    public static final PlaceRequest NONE = new PlaceRequest(
            Optional.empty(),
            OptionalLong.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            Map.of());

    public PlaceRequest {
        custom = Map.copyOf(custom);
    }
}
