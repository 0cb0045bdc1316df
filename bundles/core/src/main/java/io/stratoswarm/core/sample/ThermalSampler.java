package io.stratoswarm.core.sample;

import io.stratoswarm.api.metric.Series;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Temperatures and how often heat slowed the processors. What there is is found once: zones do not come and go. */
final class ThermalSampler {
    private record Zone(Held file, Series series) {}

    private final List<Zone> zones = new ArrayList<>();
    private final Map<String, List<Held>> throttles = new HashMap<>();

    ThermalSampler(Host host) {
        for (Path zone : matching(host.sys().resolve("class/thermal"), "thermal_zone*")) {
            Map<String, String> labels = Map.of("zone", zone.getFileName().toString(), "type", type(zone));
            zones.add(new Zone(
                    new Held(zone.resolve("temp").toString()), Series.of(Series.HOST, Names.TEMPERATURE, labels)));
        }
        for (Path cpu : matching(host.sys().resolve("devices/system/cpu"), "cpu[0-9]*")) {
            for (String scope : List.of("core", "package")) {
                Path file = cpu.resolve("thermal_throttle/" + scope + "_throttle_count");
                if (Files.exists(file)) {
                    throttles.computeIfAbsent(scope, key -> new ArrayList<>()).add(new Held(file.toString()));
                }
            }
        }
    }

    private static String type(Path zone) {
        try {
            return Files.readString(zone.resolve("type")).strip();
        } catch (java.io.IOException unreadable) {
            return "unknown";
        }
    }

    private static List<Path> matching(Path folder, String pattern) {
        List<Path> found = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(folder, pattern)) {
            entries.forEach(found::add);
        } catch (java.io.IOException none) {
            return List.of();
        }
        found.sort(null);
        return found;
    }

    void read(Reader reader, Batch batch) {
        for (Zone zone : zones) {
            if (zone.file().read(reader)) {
                batch.add(zone.series(), reader.text().number() / 1e3);
            }
        }
        throttles.forEach((scope, files) -> {
            double sum = 0;
            for (Held file : files) {
                sum += file.read(reader) ? Math.max(0, reader.text().number()) : 0;
            }
            batch.add(Series.of(Series.HOST, Names.CPU_THROTTLES, Map.of("scope", scope)), sum);
        });
    }

    /** Why no temperature is told; null where one is. */
    @Nullable
    String missing() {
        return zones.isEmpty() ? "there is no thermal zone below /sys/class/thermal; virtual machines have none" : null;
    }

    @Nullable
    String throttlingMissing() {
        return throttles.isEmpty()
                ? "no processor has a counter in /sys/devices/system/cpu/cpu*/thermal_throttle; only Intel's bare metal has"
                : null;
    }

    void close() {
        zones.forEach(zone -> zone.file().close());
        throttles.values().forEach(files -> files.forEach(Held::close));
    }
}
