package io.stratoswarm.console;

import static io.stratoswarm.console.telemetry.Family.Kind.COUNTER;
import static io.stratoswarm.console.telemetry.Family.Kind.GAUGE;
import static io.stratoswarm.console.telemetry.Family.Kind.INFO;

import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.console.telemetry.Family;
import io.stratoswarm.console.telemetry.OwnProcess;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Gathers everything that monitoring is told: the daemon, its agents, and the newest of all metrics. */
final class Telemetry {
    private static final String PREFIX = "stratoswarm_";

    private final Services services;
    private final Meters meters;

    Telemetry(Services services, Meters meters) {
        this.services = services;
        this.meters = meters;
    }

    List<Family> collect() {
        List<Family> families = new ArrayList<>();
        services.daemon()
                .ifPresent(daemon -> families.add(Family.of("stratoswarm_build", INFO, "", "The version that runs.")
                        .add(Map.of("version", daemon.version()), 1)));
        services.daemon()
                .ifPresent(daemon -> families.add(
                        Family.of("process_start_time_seconds", GAUGE, "seconds", "When the daemon started.")
                                .add(daemon.startedNanos() / 1e9)));
        services.journal()
                .ifPresent(journal ->
                        families.add(Family.of("stratoswarm_journal_events", COUNTER, "", "Events in the journal.")
                                .add(journal.size())));
        services.agents().ifPresent(agents -> {
            Map<String, Integer> phases = new TreeMap<>();
            agents.list().forEach(agent -> phases.merge(Shapes.word(agent.phase()), 1, Integer::sum));
            Family family = Family.of("stratoswarm_agents", GAUGE, "", "Agents by phase.");
            phases.forEach((phase, count) -> family.add(Map.of("phase", phase), count));
            families.add(family);
        });
        meters.collect(families);
        OwnProcess.collect(families);
        services.metrics().ifPresent(metrics -> measured(metrics, families));
        return families;
    }

    private static void measured(Metrics metrics, List<Family> families) {
        Map<String, Family> byName = new LinkedHashMap<>();
        for (MetricInfo info : metrics.declared()) {
            boolean counter = info.kind() == MetricInfo.Kind.COUNTER;
            String name = PREFIX
                    + (counter && info.name().endsWith("_total")
                            ? info.name().substring(0, info.name().length() - 6)
                            : info.name());
            byName.put(info.name(), Family.of(name, counter ? COUNTER : GAUGE, info.unit(), info.help()));
        }
        for (Sample sample : metrics.latest("*")) {
            Series series = sample.series();
            Family family = byName.get(series.name());
            // What could not be measured is left out, as is a counter that no reader would take.
            if (family != null && !Double.isNaN(sample.value()) && (family.kind() != COUNTER || sample.value() >= 0)) {
                Map<String, String> labels = new TreeMap<>(series.labels());
                labels.put("subject", series.subject());
                family.add(labels, sample.value());
            }
        }
        families.addAll(byName.values());
    }
}
