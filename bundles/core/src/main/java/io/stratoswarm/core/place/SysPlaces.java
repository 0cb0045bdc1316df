package io.stratoswarm.core.place;

import io.stratoswarm.api.place.HostPlaces;
import io.stratoswarm.api.place.Link;
import io.stratoswarm.api.place.Place;
import io.stratoswarm.api.place.Site;
import io.stratoswarm.core.manifest.Units;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Reads the places of a host from its {@code /sys} and {@code /proc}. A host without NUMA has one node, {@code numa0}, with all
 * processors. Only processors that the daemon may use count.
 */
public final class SysPlaces implements HostPlaces {
    static final String HOST = "host";

    private final Path proc;
    private final Path sys;
    private final Path dev;

    /** @param proc {@code /proc}; tests pose as other hosts */
    SysPlaces(Path proc, Path sys, Path dev) {
        this.proc = proc;
        this.sys = sys;
        this.dev = dev;
    }

    public static SysPlaces real() {
        return new SysPlaces(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"));
    }

    /** @param memoryNodes empty where the kernel knows of no nodes */
    private record Numa(int number, List<Integer> cpus, OptionalDouble memory, List<Integer> memoryNodes) {
        String id() {
            return "numa" + number;
        }
    }

    @Override
    public Site places() {
        List<String> notes = new ArrayList<>();
        List<Integer> usable = usable(notes);
        List<Numa> numas = numas(usable, notes);
        Temperatures temperatures = Temperatures.read(sys);
        Gpus gpus = Gpus.find(sys, dev);
        notes.addAll(gpus.notes());
        if (temperatures.none()) {
            notes.add("temperatures: there is no thermal zone in " + sys.resolve("class/thermal"));
        }
        List<Place> places = new ArrayList<>();
        Map<String, Double> whole = new HashMap<>();
        whole.put("cpu", (double) usable.size());
        memory(proc.resolve("meminfo"), "MemTotal:").ifPresent(bytes -> whole.put("memory", bytes));
        if (!gpus.all().isEmpty()) {
            whole.put("gpu", (double) gpus.all().size());
        }
        places.add(new Place(HOST, Optional.empty(), Map.of(), whole, temperatures.hottest(), 0, List.of(), List.of()));
        for (Numa numa : numas) {
            places.add(
                    node(numa, gpus.of(numa.number(), numas.getFirst().number()).size(), temperatures));
        }
        for (Numa numa : numas) {
            numa.cpus().forEach(cpu -> places.add(processor(cpu, numa, temperatures)));
            gpus.of(numa.number(), numas.getFirst().number())
                    .forEach(gpu -> places.add(new Place(
                            "gpu" + gpu,
                            Optional.of(numa.id()),
                            Map.of("gpu", "gpu" + gpu),
                            Map.of("gpu", 1.0),
                            OptionalDouble.empty(),
                            0,
                            numa.cpus(),
                            numa.memoryNodes())));
        }
        return new Site(places, links(numas), notes);
    }

    private Place node(Numa numa, int devices, Temperatures temperatures) {
        Map<String, Double> capacity = new HashMap<>();
        capacity.put("cpu", (double) numa.cpus().size());
        numa.memory().ifPresent(bytes -> capacity.put("memory", bytes));
        if (devices > 0) {
            capacity.put("gpu", (double) devices);
        }
        return new Place(
                numa.id(),
                Optional.of(HOST),
                Map.of("numa", numa.id()),
                capacity,
                numa.cpus().isEmpty()
                        ? OptionalDouble.empty()
                        : temperatures.ofPackage(topology(numa.cpus().getFirst(), "physical_package_id")),
                0,
                numa.cpus(),
                numa.memoryNodes());
    }

    private Place processor(int cpu, Numa numa, Temperatures temperatures) {
        String packageId = topology(cpu, "physical_package_id");
        Map<String, String> labels = new HashMap<>();
        labels.put("package", "package" + packageId);
        labels.put("core", "core" + packageId + "-" + topology(cpu, "core_id"));
        return new Place(
                "cpu" + cpu,
                Optional.of(numa.id()),
                labels,
                Map.of("cpu", 1.0),
                temperatures.ofPackage(packageId),
                0,
                List.of(cpu),
                numa.memoryNodes());
    }

    /** Those that are online and that this process may run on. */
    private List<Integer> usable(List<String> notes) {
        Optional<List<Integer>> online =
                text(sys.resolve("devices/system/cpu/online")).flatMap(Units::processors);
        Optional<List<Integer>> mine = Optional.empty();
        for (String line : text(proc.resolve("self/status")).orElse("").split("\n")) {
            if (line.startsWith("Cpus_allowed_list:")) {
                mine = Units.processors(line.substring(line.indexOf(':') + 1).strip());
            }
        }
        List<Integer> all =
                new ArrayList<>(online.or(() -> Optional.of(List.of(0))).orElseThrow());
        if (online.isEmpty()) {
            notes.add("processors: " + sys.resolve("devices/system/cpu/online") + " cannot be read; taken for one");
        }
        mine.ifPresent(all::retainAll);
        return all;
    }

    private List<Numa> numas(List<Integer> usable, List<String> notes) {
        Map<Integer, Path> folders = new TreeMap<>();
        try (var found = Files.newDirectoryStream(sys.resolve("devices/system/node"), "node[0-9]*")) {
            found.forEach(folder ->
                    folders.put(Integer.parseInt(folder.getFileName().toString().substring("node".length())), folder));
        } catch (IOException none) {
            notes.add("NUMA: the kernel knows of no nodes (no " + sys.resolve("devices/system/node")
                    + "); all processors are numa0");
        }
        List<Numa> numas = new ArrayList<>();
        folders.forEach((number, folder) -> {
            List<Integer> cpus = new ArrayList<>(
                    text(folder.resolve("cpulist")).flatMap(Units::processors).orElse(List.of()));
            cpus.retainAll(usable);
            OptionalDouble memory = memory(folder.resolve("meminfo"), "MemTotal:");
            // A node of memory alone, as with CXL, is no place to run on.
            if (!cpus.isEmpty()) {
                numas.add(new Numa(number, cpus, memory, memory.orElse(0) > 0 ? List.of(number) : List.of()));
            }
        });
        return numas.isEmpty()
                ? List.of(new Numa(0, usable, memory(proc.resolve("meminfo"), "MemTotal:"), List.of()))
                : numas;
    }

    /** The distances of the kernel, 10 for a node to itself; the larger one where they differ by direction. */
    private List<Link> links(List<Numa> numas) {
        Map<Integer, List<Double>> rows = new HashMap<>();
        for (Numa numa : numas) {
            rows.put(numa.number(), distances(numa.number()));
        }
        List<Integer> online = text(sys.resolve("devices/system/node/online"))
                .flatMap(Units::processors)
                .orElse(numas.stream().map(Numa::number).toList());
        List<Link> links = new ArrayList<>();
        for (int a = 0; a < numas.size(); a++) {
            for (int b = a + 1; b < numas.size(); b++) {
                // A row has a column for each node that is online, in their order.
                OptionalDouble there = at(
                        rows.get(numas.get(a).number()),
                        online.indexOf(numas.get(b).number()));
                OptionalDouble back = at(
                        rows.get(numas.get(b).number()),
                        online.indexOf(numas.get(a).number()));
                if (there.isPresent() || back.isPresent()) {
                    links.add(new Link(
                            numas.get(a).id(),
                            numas.get(b).id(),
                            Math.max(there.orElse(0), back.orElse(0)),
                            OptionalDouble.empty()));
                }
            }
        }
        return links;
    }

    private static OptionalDouble at(@org.jspecify.annotations.Nullable List<Double> row, int column) {
        return row == null || column < 0 || column >= row.size()
                ? OptionalDouble.empty()
                : OptionalDouble.of(row.get(column));
    }

    private List<Double> distances(int node) {
        List<Double> row = new ArrayList<>();
        for (String word : text(sys.resolve("devices/system/node/node" + node + "/distance"))
                .orElse("")
                .split("\\s+")) {
            if (word.matches("\\d{1,6}")) {
                row.add(Double.parseDouble(word));
            }
        }
        return row;
    }

    private String topology(int cpu, String file) {
        return text(sys.resolve("devices/system/cpu/cpu" + cpu + "/topology/" + file))
                .orElse("0");
    }

    /** Bytes of a line that counts kibibytes. */
    private static OptionalDouble memory(Path file, String name) {
        for (String line : text(file).orElse("").split("\n")) {
            int at = line.indexOf(name);
            if (at >= 0) {
                String number = line.substring(at + name.length()).strip().split("\\s+")[0];
                if (number.matches("\\d{1,15}")) {
                    return OptionalDouble.of(Double.parseDouble(number) * 1024);
                }
            }
        }
        return OptionalDouble.empty();
    }

    static Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** Thermal zones of packages in their order, and the hottest of all. */
    private record Temperatures(List<Double> packages, OptionalDouble hottest) {
        static Temperatures read(Path sys) {
            Map<Integer, Path> zones = new TreeMap<>();
            try (var found = Files.newDirectoryStream(sys.resolve("class/thermal"), "thermal_zone[0-9]*")) {
                found.forEach(zone -> zones.put(
                        Integer.parseInt(zone.getFileName().toString().substring("thermal_zone".length())), zone));
            } catch (IOException none) {
                return new Temperatures(List.of(), OptionalDouble.empty());
            }
            List<Double> packages = new ArrayList<>();
            OptionalDouble hottest = OptionalDouble.empty();
            for (Path zone : zones.values()) {
                String milli = text(zone.resolve("temp")).orElse("");
                if (milli.matches("-?\\d{1,9}")) {
                    double degrees = Double.parseDouble(milli) / 1000;
                    hottest = OptionalDouble.of(Math.max(hottest.orElse(degrees), degrees));
                    if (text(zone.resolve("type")).orElse("").equals("x86_pkg_temp")) {
                        packages.add(degrees);
                    }
                }
            }
            return new Temperatures(packages, hottest);
        }

        boolean none() {
            return hottest.isEmpty();
        }

        /** Empty where the zones do not tell the packages apart; the host's counts then. */
        OptionalDouble ofPackage(String id) {
            return id.matches("\\d{1,4}") && Integer.parseInt(id) < packages.size() && packages.size() > 1
                    ? OptionalDouble.of(packages.get(Integer.parseInt(id)))
                    : OptionalDouble.empty();
        }
    }
}
