package io.stratoswarm.core.place;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The GPUs of a host, as device files tell: nothing of a driver is touched. The device files follow the order of the bus.
 *
 * @param all NUMA node of each by its number; -1 where the host does not say
 */
record Gpus(Map<Integer, Integer> all, List<String> notes) {
    private static final String NVIDIA = "0x10de";

    static Gpus find(Path sys, Path dev) {
        TreeMap<Integer, Integer> found = new TreeMap<>();
        try (var files = Files.newDirectoryStream(dev, "nvidia[0-9]*")) {
            files.forEach(file ->
                    found.put(Integer.parseInt(file.getFileName().toString().substring("nvidia".length())), -1));
        } catch (IOException none) {
            return new Gpus(Map.of(), List.of("GPUs: " + dev + " cannot be read"));
        }
        if (found.isEmpty()) {
            return new Gpus(Map.of(), List.of("GPUs: unavailable, there is no device file " + dev.resolve("nvidia0")));
        }
        List<Integer> nodes = nodes(sys);
        int next = 0;
        for (Map.Entry<Integer, Integer> gpu : found.entrySet()) {
            gpu.setValue(next < nodes.size() ? nodes.get(next) : -1);
            next++;
        }
        return new Gpus(
                found,
                List.of(
                        "GPUs: their memory and temperature are not known, so requests of gpuMemory cannot be met here"));
    }

    /** NUMA nodes of NVIDIA's display controllers, in the order of the bus. */
    private static List<Integer> nodes(Path sys) {
        TreeMap<String, Integer> found = new TreeMap<>();
        try (var devices = Files.newDirectoryStream(sys.resolve("bus/pci/devices"))) {
            for (Path device : devices) {
                boolean display =
                        SysPlaces.text(device.resolve("class")).orElse("").startsWith("0x03");
                if (display
                        && SysPlaces.text(device.resolve("vendor")).orElse("").equals(NVIDIA)) {
                    String node = SysPlaces.text(device.resolve("numa_node")).orElse("-1");
                    found.put(device.getFileName().toString(), node.matches("\\d{1,4}") ? Integer.parseInt(node) : -1);
                }
            }
        } catch (IOException none) {
            return List.of();
        }
        return new ArrayList<>(found.values());
    }

    /** Those of a NUMA node; the first node has those too of which it is not known. */
    List<Integer> of(int node, int first) {
        return all.entrySet().stream()
                .filter(gpu -> gpu.getValue() == node || gpu.getValue() < 0 && node == first)
                .map(Map.Entry::getKey)
                .toList();
    }
}
