package io.stratoswarm.core.scrape;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec.MetricsSource;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricInfo.Kind;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes of an exposition what the store of metrics takes. Safe for threads. */
final class Scrapes {
    /** Values of one answer. */
    static final int MOST_SAMPLES = 800;

    private static final int LONGEST_LABEL = 200;
    private static final int LONGEST_NAME = 90;
    private static final List<String> UNITS =
            List.of("seconds", "bytes", "ratio", "celsius", "joules", "volts", "amperes", "meters", "grams");
    static final MetricInfo SUCCESS = new MetricInfo(
            "scrape_success", Kind.GAUGE, "", "1 where the agent's own metrics could be read the last time, else 0.");
    static final MetricInfo DURATION = new MetricInfo(
            "scrape_duration_seconds", Kind.GAUGE, "seconds", "How long reading the agent's own metrics took.");
    static final MetricInfo SAMPLES =
            new MetricInfo("scrape_samples", Kind.GAUGE, "", "Values that the agent's own metrics had.");

    private final Metrics metrics;
    /** Names that are measured from outside; what an agent calls the same is told apart by a prefix. */
    private final Set<String> taken;

    private final Map<String, MetricInfo> declared = new HashMap<>();

    Scrapes(Metrics metrics) {
        this.metrics = metrics;
        this.taken = new HashSet<>();
        metrics.declared().forEach(info -> taken.add(info.name()));
        for (MetricInfo info : List.of(SUCCESS, DURATION, SAMPLES)) {
            metrics.declare(info);
            taken.add(info.name());
        }
    }

    /** Records an answer; empty, or why not all of it could be taken. */
    String record(String agent, MetricsSource source, Exposition answer, long timeMillis, double seconds) {
        List<Sample> samples = new ArrayList<>();
        Set<Series> seen = new HashSet<>();
        String problem = "";
        for (Exposition.Point point : answer.points()) {
            // When something was made is told by no other sample, and it is no measurement.
            if (point.name().endsWith("_created") || Double.isInfinite(point.value())) {
                continue;
            }
            try {
                Series series = Series.of(agent, name(point.name(), answer), labels(point.labels()));
                if (seen.add(series)) {
                    samples.add(new Sample(series, timeMillis, point.value()));
                }
            } catch (StratoswarmException e) {
                problem = String.valueOf(e.getMessage());
            }
        }
        int count = samples.size();
        own(samples, agent, timeMillis, problem.isEmpty() ? 1 : 0, seconds, count);
        try {
            metrics.record(samples);
        } catch (StratoswarmException e) {
            problem = String.valueOf(e.getMessage());
        }
        return problem;
    }

    /** Records that there was no answer. */
    void failed(String agent, long timeMillis, double seconds) {
        List<Sample> samples = new ArrayList<>();
        own(samples, agent, timeMillis, 0, seconds, 0);
        metrics.record(samples);
    }

    private static void own(
            List<Sample> samples, String agent, long timeMillis, double success, double seconds, double count) {
        samples.add(new Sample(Series.of(agent, SUCCESS.name()), timeMillis, success));
        samples.add(new Sample(Series.of(agent, DURATION.name()), timeMillis, seconds));
        samples.add(new Sample(Series.of(agent, SAMPLES.name()), timeMillis, count));
    }

    private static SortedMap<String, String> labels(SortedMap<String, String> labels) {
        SortedMap<String, String> kept = new TreeMap<>();
        labels.forEach((name, value) -> {
            // A label without a value is the same as none, by both formats.
            if (!value.isEmpty()) {
                kept.put(name, value.substring(0, Math.min(LONGEST_LABEL, value.length())));
            }
        });
        return kept;
    }

    /** The name that the store knows it by, declared. */
    private synchronized String name(String given, Exposition answer) {
        String name = given.toLowerCase(Locale.ROOT).replace(':', '_');
        if (!Character.isLetter(name.charAt(0))) {
            name = "m" + name;
        }
        name = name.substring(0, Math.min(LONGEST_NAME, name.length()));
        if (taken.contains(name)) {
            name = "own_" + name;
        }
        Exposition.Family family = answer.family(given);
        MetricInfo info = new MetricInfo(name, kind(given, family), unit(name, family), help(family));
        if (!info.equals(declared.get(name))) {
            metrics.declare(info);
            declared.put(name, info);
        }
        return name;
    }

    private static Kind kind(String name, Exposition.Family family) {
        boolean rises = switch (family.type()) {
            case "counter" -> true;
            case "histogram" -> true;
            case "summary" -> name.endsWith("_sum") || name.endsWith("_count");
            case "gauge", "info", "stateset", "gaugehistogram" -> false;
            default -> name.endsWith("_total");
        };
        return rises ? Kind.COUNTER : Kind.GAUGE;
    }

    private static String unit(String name, Exposition.Family family) {
        if (!family.unit().isEmpty()) {
            return family.unit();
        }
        if (name.endsWith("_bucket") || name.endsWith("_count")) {
            return "";
        }
        String base = name.replaceFirst("_(total|sum)$", "");
        return UNITS.stream()
                .filter(unit -> base.endsWith("_" + unit))
                .findFirst()
                .orElse("");
    }

    private static String help(Exposition.Family family) {
        String line = family.help().replaceAll("\\s+", " ").strip();
        return line.substring(0, Math.min(300, line.length()));
    }
}
