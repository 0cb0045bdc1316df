package io.stratoswarm.healing;

import io.stratoswarm.healing.heal.Settings;
import io.stratoswarm.healing.prevent.PredictionSettings;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.trial.TrialRules;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads {@code stratoswarm.healing.cfg}. What is wrong is told in the log, and the default is used for it. */
final class Configured {
    private static final Logger LOG = LoggerFactory.getLogger(Configured.class);

    private final Map<String, Object> properties;

    private Configured(Map<String, Object> properties) {
        this.properties = properties;
    }

    static Settings settings(Map<String, Object> properties) {
        Configured given = new Configured(properties);
        Settings usual = Settings.DEFAULT;
        return new Settings(
                given.mode(usual.mode()),
                given.acts(usual.approved()),
                given.number("confidence", usual.confidence(), 0, 1),
                (long) (1_000 * given.number("patience.seconds", usual.patienceMillis() / 1_000.0, 1, 3_600)),
                (long) (1_000 * given.number("lasting.seconds", usual.lastingMillis() / 1_000.0, 1, 86_400)),
                given.number("learning.rate", usual.rate(), 0, 1),
                (int) given.number("rate.agent", usual.perAgent(), 0, 1_000),
                (int) given.number("rate.host", usual.perHour(), 0, 10_000),
                (long) (1_000 * given.number("alarm.seconds", usual.alarmMillis() / 1_000.0, 0, 3_600)),
                given.number("alarm.confidence", usual.alarmConfidence(), 0, 1),
                given.number("ill.share", usual.illShare(), 0, 1),
                (int) given.number("ill.most", usual.illMost(), 0, 100_000));
    }

    static PredictionSettings prediction(Map<String, Object> properties) {
        Configured given = new Configured(properties);
        PredictionSettings usual = PredictionSettings.DEFAULT;
        return new PredictionSettings(
                (long) (1_000 * given.number("prediction.window.seconds", usual.windowMillis() / 1_000.0, 30, 86_400)),
                given.number("prediction.threshold", usual.threshold(), 0, 1),
                given.number("prediction.holdout", usual.holdout(), 0, 1));
    }

    static TrialRules trials(Map<String, Object> properties) {
        Configured given = new Configured(properties);
        TrialRules usual = TrialRules.DEFAULT;
        return new TrialRules(
                (int) given.number("trial.shadow.cases", usual.shadowCases(), 1, 150),
                (int) given.number("trial.canary.cases", usual.canaryCases(), 1, 30),
                given.number("trial.canary.share", usual.canaryShare(), 0.01, 0.9),
                given.number("trial.margin", usual.margin(), 0, 0.5),
                given.goesOn(usual.goesOn()),
                (long) (1_000 * given.number("script.seconds", usual.patienceMillis() / 1_000.0, 0.1, 10)));
    }

    private boolean goesOn(boolean usual) {
        String key = "trial.undecided";
        String given = text(key);
        if (given != null && !given.equals("canary") && !given.equals("ask")) {
            complain(key, "ask or canary", given, usual ? "canary" : "ask");
            return usual;
        }
        return given == null ? usual : given.equals("canary");
    }

    private @Nullable String text(String key) {
        Object value = properties.get(key);
        return value == null ? null : String.valueOf(value).strip();
    }

    private Settings.Mode mode(Settings.Mode usual) {
        String given = text("mode");
        if (given == null) {
            return usual;
        }
        Optional<Settings.Mode> known = Stream.of(Settings.Mode.values())
                .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(given))
                .findFirst();
        if (known.isEmpty()) {
            complain("mode", "off, advise or auto", given, usual.name().toLowerCase(Locale.ROOT));
        }
        return known.orElse(usual);
    }

    private Set<Act> acts(Set<Act> usual) {
        String given = text("approve.acts");
        if (given == null) {
            return usual;
        }
        Set<Act> acts = EnumSet.noneOf(Act.class);
        for (String word : given.split("[,\\s]+", -1)) {
            if (word.isEmpty() || word.equals("none")) {
                continue;
            }
            Optional<Act> act = Act.of(word);
            if (act.isEmpty()) {
                complain(
                        "approve.acts",
                        "some of "
                                + String.join(
                                        ", ",
                                        Arrays.stream(Act.values())
                                                .map(Act::word)
                                                .toList()),
                        given,
                        String.join(", ", usual.stream().map(Act::word).sorted().toList()));
                return usual;
            }
            acts.add(act.get());
        }
        return acts;
    }

    private double number(String key, double usual, double least, double most) {
        String given = text(key);
        if (given == null) {
            return usual;
        }
        try {
            double number = Double.parseDouble(given);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            LOG.debug("not a number: {}", given, e);
        }
        complain(key, "a number from " + least + " to " + most, given, String.valueOf(usual));
        return usual;
    }

    private static void complain(String key, String must, String given, String used) {
        LOG.warn("stratoswarm.healing.cfg: '{}' must be {}, not '{}'; {} is used", key, must, given, used);
    }
}
