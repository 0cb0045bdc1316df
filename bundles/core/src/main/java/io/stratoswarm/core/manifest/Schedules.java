package io.stratoswarm.core.manifest;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.parser.CronParser;
import java.util.Optional;

/** Checks five-field cron expressions with the library that later runs them. */
public final class Schedules {
    private static final int MAX_LENGTH = 200;

    private Schedules() {}

    /** What is wrong with the expression, or empty. */
    public static Optional<String> wrong(String text) {
        if (text.length() > MAX_LENGTH) {
            return Optional.of("a schedule has at most " + MAX_LENGTH + " characters");
        }
        try {
            new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX))
                    .parse(text)
                    .validate();
            return Optional.empty();
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            String reason = String.valueOf(e.getMessage()).replace('\n', ' ');
            return Optional.of("'" + Problems.clip(text, 60) + "' is no cron schedule (minute hour day month weekday): "
                    + Problems.clip(reason, 200));
        }
    }
}
