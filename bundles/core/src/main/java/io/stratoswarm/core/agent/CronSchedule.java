package io.stratoswarm.core.agent;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/** A five-field schedule as in crontab(5). */
public final class CronSchedule {
    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    private final ExecutionTime times;

    private CronSchedule(ExecutionTime times) {
        this.times = times;
    }

    /** @throws IllegalArgumentException with a message for people where the expression breaks a rule */
    public static CronSchedule parse(String expression) {
        return new CronSchedule(ExecutionTime.forCron(PARSER.parse(expression).validate()));
    }

    /** Why nothing would ever come of this schedule; empty where it is good. */
    public static Optional<String> problem(String expression) {
        try {
            // Any day will do to begin with: what comes at all comes within the years that are looked through.
            return parse(expression).next(0, ZoneOffset.UTC).isPresent()
                    ? Optional.empty()
                    : Optional.of("it never comes: no month that it names has such a day");
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The first time after this one, in nanoseconds since 1970; empty where there is none, as on 30 February. */
    public Optional<Long> next(long afterNanos, ZoneId zone) {
        Instant after = Instant.ofEpochSecond(0, afterNanos);
        return times.nextExecution(after.atZone(zone))
                .map(next -> next.toInstant().getEpochSecond() * Texts.SECOND);
    }
}
