package io.stratoswarm.core.manifest;

import com.cronutils.model.Cron;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;

/** Checks five-field cron expressions with the library that later runs them. */
public final class Schedules {
    private static final int MAX_LENGTH = 200;
    /** What comes at all comes within the years after any time that are looked through. */
    private static final ZonedDateTime ANY_TIME = ZonedDateTime.of(2024, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

    private Schedules() {}

    /** What is wrong with the expression, or empty. */
    public static Optional<String> wrong(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.of("a schedule has at most " + MAX_LENGTH + " characters");
        }
        try {
            Cron schedule = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
                    .parse(text)
                    .validate();
            return ExecutionTime.forCron(schedule).nextExecution(ANY_TIME).isPresent()
                    ? Optional.empty()
                    : Optional.of("'" + Problems.clip(text, 60)
                            + "' never comes: no month that it names has such a day; correct day or month");
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            String reason = String.valueOf(e.getMessage()).replace('\n', ' ');
            return Optional.of("'" + Problems.clip(text, 60) + "' is no cron schedule (minute hour day month weekday): "
                    + Problems.clip(reason, 200));
        }
    }
}
