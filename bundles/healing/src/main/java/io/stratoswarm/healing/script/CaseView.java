package io.stratoswarm.healing.script;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.healing.strategy.Choice;
import io.stratoswarm.healing.strategy.Learned;
import io.stratoswarm.healing.strategy.Situation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A case as a script is given it, of the shape that {@code input.json} says.
 *
 * @param timeNanos of the failure, since 1970-01-01T00:00Z
 * @param measures by name
 * @param exit how the agent ended; empty where it did not
 * @param log the last lines of its output, oldest first
 * @param limits by metric
 * @param possible acts, with what is expected of each
 * @param builtIn act that is done where no script chooses one
 */
public record CaseView(
        long number,
        long timeNanos,
        String agent,
        String trigger,
        String label,
        boolean known,
        double confidence,
        List<String> drivers,
        Map<String, Double> measures,
        Situation situation,
        String exit,
        List<String> log,
        Map<String, Double> limits,
        List<Choice.Option> possible,
        Choice.Option builtIn) {
    private static final int LINES = 20;
    private static final int LINE = 200;
    private static final int EARLIER = 10;
    private static final ObjectMapper JSON = new ObjectMapper();

    public CaseView {
        drivers = List.copyOf(drivers);
        measures = new TreeMap<>(measures);
        log = List.copyOf(log);
        limits = new TreeMap<>(limits);
        possible = List.copyOf(possible);
    }

    /** @param learned in which the agent's last healings are */
    public ObjectNode json(Learned learned) {
        ObjectNode view = JSON.createObjectNode()
                .put("case", number)
                .put(
                        "time",
                        Instant.ofEpochSecond(
                                        Math.floorDiv(timeNanos, 1_000_000_000L),
                                        Math.floorMod(timeNanos, 1_000_000_000L))
                                .toString())
                .put("agent", agent)
                .put("trigger", trigger)
                .put("label", label)
                .put("known", known)
                .put("confidence", rounded(confidence));
        drivers.forEach(view.putArray("drivers")::add);
        ObjectNode numbers = view.putObject("measures");
        measures.forEach((name, value) -> {
            if (rounded(value) != 0) {
                numbers.put(name, rounded(value));
            }
        });
        view.putObject("situation")
                .put("relapses", situation.relapses())
                .put("unhealthy", situation.unhealthy())
                .put("changed", situation.changed());
        view.put("exit", exit);
        ArrayNode lines = view.putArray("log");
        log.subList(Math.max(0, log.size() - LINES), log.size()).forEach(line -> lines.add(cut(line)));
        ObjectNode most = view.putObject("limits");
        limits.forEach(most::put);
        ArrayNode acts = view.putArray("acts");
        for (Choice.Option option : possible) {
            acts.addObject()
                    .put("act", option.act().word())
                    .put("expected", rounded(option.expected()))
                    .put("prior", option.prior())
                    .put("tries", option.tries());
        }
        view.put("builtIn", builtIn.act().word());
        earlier(learned, view.putArray("before"));
        return view;
    }

    private void earlier(Learned learned, ArrayNode into) {
        learned.closed().reversed().stream()
                .filter(healing -> healing.agent().equals(agent))
                .limit(EARLIER)
                .forEach(healing -> {
                    ObjectNode each = into.addObject()
                            .put("label", healing.label())
                            .put("act", healing.act())
                            .put("ago", Math.max(0, (timeNanos - healing.startedNanos()) / 1_000_000_000L));
                    if (!Double.isNaN(healing.reward())) {
                        each.put("reward", rounded(healing.reward()));
                    }
                    each.put("why", healing.why());
                });
    }

    private static String cut(String line) {
        return line.length() <= LINE ? line : line.substring(0, LINE);
    }

    private static double rounded(double value) {
        return Math.round(value * 1e3) / 1e3;
    }
}
