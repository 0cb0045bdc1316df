package io.stratoswarm.core.place;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.place.Link;
import io.stratoswarm.api.place.Place;
import io.stratoswarm.api.place.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imitated hosts, as trees of files. */
class SysPlacesTest {
    @TempDir
    Path root;

    private void write(String file, String text) {
        Path path = root.resolve(file);
        try {
            Files.createDirectories(path.getParent());
            Files.writeString(path, text + "\n");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void basics() {
        write("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:  1 kB");
        write("proc/self/status", "Name:\tjava\nCpus_allowed_list:\t0-7");
        write("dev/null", "");
    }

    private void processor(int cpu, int packageId, int core) {
        write("sys/devices/system/cpu/cpu" + cpu + "/topology/physical_package_id", String.valueOf(packageId));
        write("sys/devices/system/cpu/cpu" + cpu + "/topology/core_id", String.valueOf(core));
    }

    /** Two sockets with two cores of two threads each, and a node that is memory only. */
    private void twoSockets() {
        write("sys/devices/system/cpu/online", "0-7");
        write("sys/devices/system/node/online", "0-2");
        write("sys/devices/system/node/node0/cpulist", "0-1,4-5");
        write("sys/devices/system/node/node0/distance", "10 21 14");
        write("sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:       8388608 kB");
        write("sys/devices/system/node/node1/cpulist", "2-3,6-7");
        write("sys/devices/system/node/node1/distance", "21 10 24");
        write("sys/devices/system/node/node1/meminfo", "Node 1 MemTotal:       4194304 kB");
        write("sys/devices/system/node/node2/cpulist", "");
        write("sys/devices/system/node/node2/distance", "14 24 10");
        write("sys/devices/system/node/node2/meminfo", "Node 2 MemTotal:       4194304 kB");
        for (int cpu = 0; cpu < 8; cpu++) {
            processor(cpu, cpu % 4 / 2, cpu % 2);
        }
    }

    private Site read() {
        return new SysPlaces(root.resolve("proc"), root.resolve("sys"), root.resolve("dev")).places();
    }

    private static Map<String, Place> byId(Site site) {
        Map<String, Place> places = new HashMap<>();
        site.places().forEach(place -> places.put(place.id(), place));
        return places;
    }

    private static Place at(Site site, String id) {
        return java.util.Objects.requireNonNull(byId(site).get(id), id);
    }

    @Test
    void shouldFindNodesProcessorsAndDistances() {
        twoSockets();
        Site site = read();
        assertEquals(
                List.of("host", "numa0", "numa1", "cpu0", "cpu1", "cpu4", "cpu5", "cpu2", "cpu3", "cpu6", "cpu7"),
                site.places().stream().map(Place::id).toList());
        Place numa1 = at(site, "numa1");
        assertEquals(List.of(2, 3, 6, 7), numa1.cpus());
        assertEquals(List.of(1), numa1.memoryNodes());
        assertEquals(Map.of("cpu", 4.0, "memory", 4.0 * (1L << 30)), numa1.capacity());
        assertEquals(Optional.of("host"), numa1.within());
        Place cpu6 = at(site, "cpu6");
        assertEquals(Optional.of("numa1"), cpu6.within());
        assertEquals(Map.of("package", "package1", "core", "core1-0"), cpu6.labels());
        assertEquals("core1-0", at(site, "cpu2").labels().get("core"), "its sibling");
        assertEquals(
                Map.of("cpu", 8.0, "memory", 16.0 * (1L << 30)),
                at(site, "host").capacity());
        assertEquals(List.of(new Link("numa0", "numa1", 21, OptionalDouble.empty())), site.links());
        assertTrue(
                site.notes().stream().anyMatch(note -> note.startsWith("GPUs: unavailable")), site.notes()::toString);
        assertTrue(site.notes().stream().anyMatch(note -> note.startsWith("temperatures:")), site.notes()::toString);
    }

    @Test
    void shouldCountOnlyProcessorsThatMayBeUsed() {
        twoSockets();
        write("proc/self/status", "Cpus_allowed_list:\t0,2-3");
        Site site = read();
        assertEquals(List.of(0), at(site, "numa0").cpus());
        assertEquals(List.of(2, 3), at(site, "numa1").cpus());
        assertEquals(3.0, at(site, "host").capacity().get("cpu"));
    }

    @Test
    void shouldTakeAHostWithoutNumaForOneNode() {
        write("sys/devices/system/cpu/online", "0-1");
        Site site = read();
        Place numa = at(site, "numa0");
        assertEquals(List.of(0, 1), numa.cpus());
        assertEquals(List.of(), numa.memoryNodes());
        assertEquals(16.0 * (1L << 30), numa.capacity().get("memory"));
        assertTrue(site.notes().stream().anyMatch(note -> note.startsWith("NUMA:")), site.notes()::toString);
    }

    @Test
    void shouldFindGpusAndTheirNodes() {
        twoSockets();
        write("dev/nvidia0", "");
        write("dev/nvidia1", "");
        write("dev/nvidiactl", "");
        for (String[] device : new String[][] {{"0000:81:00.0", "1"}, {"0000:05:00.0", "0"}}) {
            String folder = "sys/bus/pci/devices/" + device[0] + "/";
            write(folder + "vendor", "0x10de");
            write(folder + "class", "0x030200");
            write(folder + "numa_node", device[1]);
        }
        write("sys/bus/pci/devices/0000:05:00.1/vendor", "0x10de");
        write("sys/bus/pci/devices/0000:05:00.1/class", "0x040300");
        write("sys/bus/pci/devices/0000:05:00.1/numa_node", "0");
        Site site = read();
        assertEquals(Optional.of("numa0"), at(site, "gpu0").within());
        assertEquals(Optional.of("numa1"), at(site, "gpu1").within());
        assertEquals(List.of(2, 3, 6, 7), at(site, "gpu1").cpus());
        assertEquals(2.0, at(site, "host").capacity().get("gpu"));
        assertEquals(1.0, at(site, "numa1").capacity().get("gpu"));
    }

    @Test
    void shouldReadTemperaturesOfPackages() {
        twoSockets();
        write("sys/class/thermal/thermal_zone0/type", "acpitz");
        write("sys/class/thermal/thermal_zone0/temp", "30000");
        write("sys/class/thermal/thermal_zone1/type", "x86_pkg_temp");
        write("sys/class/thermal/thermal_zone1/temp", "51000");
        write("sys/class/thermal/thermal_zone2/type", "x86_pkg_temp");
        write("sys/class/thermal/thermal_zone2/temp", "64500");
        Site site = read();
        assertEquals(OptionalDouble.of(51), at(site, "numa0").temperature());
        assertEquals(OptionalDouble.of(64.5), at(site, "cpu7").temperature());
        assertEquals(OptionalDouble.of(64.5), at(site, "host").temperature());
    }

    @Test
    void shouldReadThisHost() {
        Site site = SysPlaces.real().places();
        assertTrue(at(site, "host").capacity().getOrDefault("cpu", 0.0) >= 1);
        assertTrue(!at(site, "numa0").cpus().isEmpty());
    }
}
