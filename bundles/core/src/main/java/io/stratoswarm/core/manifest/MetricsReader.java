package io.stratoswarm.core.manifest;

import io.stratoswarm.api.agent.AgentSpec.MetricsSource;
import io.stratoswarm.api.graph.GraphTree;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads where an agent serves metrics of its own. */
final class MetricsReader {
    private static final int MAX_PORT = 65_535;
    private static final long MIN_EVERY_MILLIS = 1_000;
    private static final long USUAL_EVERY_MILLIS = 15_000;
    private static final long USUAL_TIMEOUT_MILLIS = 5_000;
    private static final Pattern PATH = Pattern.compile("/[\\x21-\\x7e]{0,999}");

    private final Problems problems;

    MetricsReader(Problems problems) {
        this.problems = problems;
    }

    Optional<MetricsSource> read(Fields node) {
        return node.object("metrics").flatMap(object -> {
            Fields fields = new Fields(problems, object, "metrics", Keys.METRICS);
            fields.require("http", "{\"port\": 9100}");
            return fields.object("http").flatMap(this::http);
        });
    }

    private Optional<MetricsSource> http(GraphTree.Obj object) {
        Fields fields = new Fields(problems, object, "http metrics", Keys.SCRAPE);
        fields.require("port", "9100");
        OptionalInt port = fields.small("port", 1, MAX_PORT);
        String path = fields.text("path").orElse("/metrics");
        if (!PATH.matcher(path).matches()) {
            problems.error(
                    fields.place("path"),
                    "'path' must begin with a slash and have at most 1000 characters without blanks, for example"
                            + " \"/metrics\"");
        }
        long every = fields.duration("every", MIN_EVERY_MILLIS).orElse(USUAL_EVERY_MILLIS);
        long timeout = fields.duration("timeout", 1).orElse(Math.min(every, USUAL_TIMEOUT_MILLIS));
        if (timeout > every) {
            problems.error(
                    fields.place("timeout"), "'timeout' must not be more than 'every', which is " + every + " ms");
        }
        return port.isPresent()
                ? Optional.of(new MetricsSource(port.getAsInt(), path, every, timeout))
                : Optional.empty();
    }
}
