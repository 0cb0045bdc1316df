package io.stratoswarm.core.script.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.core.agent.CronSchedule;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * When a reaction is called, and how often it may act.
 *
 * @param on types of events, a {@code *} at the end stands for anything
 * @param subject subjects of events, likewise; empty for all
 * @param everyMillis period of its timer
 * @param schedule cron expression
 * @param cooldownMillis for so long after a call further events of the same subject are only counted; 0 for no time
 * @param agents what is listed in its input
 * @param log lines of the event's agent in its input
 * @param actions so many it may do
 * @param perMillis within this time
 */
record ReactionSettings(
        List<String> on,
        List<String> subject,
        OptionalLong everyMillis,
        Optional<String> schedule,
        long cooldownMillis,
        Optional<String> agents,
        int log,
        int actions,
        long perMillis) {
    static final Set<String> KEYS = Set.of("on", "subject", "every", "schedule", "cooldown", "agents", "log", "rate");
    static final int ACTIONS = 10;
    static final long PER_MILLIS = 60_000;
    private static final long LEAST_EVERY = 1_000;
    private static final int MOST_ACTIONS = 1_000;

    static ReactionSettings of(Settings settings) {
        JsonNode rate = settings.value("rate");
        if (settings.has("rate") && !rate.isObject()) {
            settings.wrong("rate", "must be an object, for example {\"actions\": 10, \"per\": \"1m\"}");
        }
        settings.only("rate", rate, List.of("actions", "per"));
        ReactionSettings read = new ReactionSettings(
                settings.texts("on", "\"AgentFailed\""),
                settings.texts("subject", "\"agent/shop/*\""),
                settings.duration("every", LEAST_EVERY),
                settings.schedule("schedule"),
                settings.duration("cooldown", 0).orElse(0),
                settings.text("agents", "\"shop\" or \"*\""),
                settings.log(),
                settings.whole("rate.actions", rate.path("actions"), ACTIONS, 1, MOST_ACTIONS),
                settings.duration("rate.per", rate.path("per"), 1_000).orElse(PER_MILLIS));
        if (!settings.has("on") && !settings.has("every") && !settings.has("schedule")) {
            settings.wrong("on", "it needs \"on\", \"every\" or \"schedule\", for example \"on\": \"AgentFailed\"");
        }
        if (settings.has("every") && settings.has("schedule")) {
            settings.wrong("schedule", "give either \"every\" or \"schedule\"");
        }
        return read;
    }

    static List<String> check(String text) {
        Settings settings = new Settings(text);
        of(settings);
        return new ArrayList<>(settings.wrong());
    }

    /** When its timer rings next, in nanoseconds since 1970; empty where it has none. */
    OptionalLong nextNanos(long now, ZoneId zone) {
        return everyMillis.isPresent()
                ? OptionalLong.of(now + everyMillis.getAsLong() * 1_000_000L)
                : schedule.flatMap(cron -> CronSchedule.parse(cron).next(now, zone))
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty());
    }

    /** What is said of its timer in traces. */
    String timer() {
        return everyMillis.isPresent()
                ? "timer, every " + everyMillis.getAsLong() + " ms"
                : "timer, schedule " + schedule.orElse("");
    }

    boolean matches(Event event) {
        return on.stream().anyMatch(pattern -> matches(pattern, event.type()))
                && (subject.isEmpty() || subject.stream().anyMatch(pattern -> matches(pattern, event.subject())));
    }

    private static boolean matches(String pattern, String text) {
        return pattern.endsWith("*")
                ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                : text.equals(pattern);
    }
}
