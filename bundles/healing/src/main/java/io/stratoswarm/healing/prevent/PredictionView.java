package io.stratoswarm.healing.prevent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.healing.Predictions;
import io.stratoswarm.healing.heal.Means;
import io.stratoswarm.healing.heal.Settings;
import io.stratoswarm.healing.predict.Cause;
import io.stratoswarm.healing.predict.Forecast;
import io.stratoswarm.healing.predict.Forecaster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Predictions as others see them. */
final class PredictionView implements Predictions {
    private static final long MILLI = 1_000_000;

    private final PredictionParts parts;
    private final PredictionLedger ledger;
    private final Means means;
    private final Foresight foresight;
    private final Withholding withholding;
    private final Preventer preventer;
    private final Judge judge;

    PredictionView(
            PredictionParts parts,
            PredictionLedger ledger,
            Means means,
            Foresight foresight,
            Withholding withholding,
            Preventer preventer,
            Judge judge) {
        this.parts = parts;
        this.ledger = ledger;
        this.means = means;
        this.foresight = foresight;
        this.withholding = withholding;
        this.preventer = preventer;
        this.judge = judge;
    }

    @Override
    public Status status() {
        Prognosis prognosis = parts.prognosis().get();
        Optional<Forecaster> forecaster = prognosis.forecaster();
        PredictionSettings settings = parts.settings();
        return new Status(
                unavailable(prognosis),
                forecaster.map(Forecaster::model).orElse(""),
                settings.stepMillis(),
                forecaster.map(it -> settings.scaled(it.horizonMillis())).orElse(0L),
                settings.threshold(),
                settings.holdout(),
                means.settings().mode().name().toLowerCase(Locale.ROOT),
                means.paused(),
                foresight.size(),
                withholding.counts());
    }

    private String unavailable(Prognosis prognosis) {
        if (means.settings().mode() == Settings.Mode.OFF) {
            return "healing is off (mode in stratoswarm.healing.cfg)";
        }
        if (prognosis.forecaster().isEmpty()) {
            return prognosis.why();
        }
        return parts.healing().metrics().get().isEmpty() ? "the metrics are not there now" : "";
    }

    @Override
    public List<Outlook> outlooks(double atLeast, OptionalLong withinMillis) {
        if (!unavailable(parts.prognosis().get()).isEmpty()) {
            return List.of();
        }
        Predicted state = ledger.state();
        long until =
                withinMillis.isPresent() ? parts.healing().clock().millis() + withinMillis.getAsLong() : Long.MAX_VALUE;
        List<Outlook> all = new ArrayList<>();
        for (Course course : foresight.expected()) {
            Forecast forecast = course.forecast().orElseThrow();
            long expected = course.forecastMillis + parts.settings().scaled(forecast.inMillis());
            if (forecast.probability() >= atLeast && expected <= until) {
                all.add(new Outlook(
                        course.agent,
                        forecast.probability(),
                        expected * MILLI,
                        forecast.cause().word(),
                        forecast.drivers(),
                        course.steps,
                        state.about(course.agent)
                                .map(open -> OptionalLong.of(open.number()))
                                .orElse(OptionalLong.empty())));
            }
        }
        all.sort(Comparator.comparingDouble((Outlook each) -> -each.probability())
                .thenComparing(Outlook::agent));
        return all;
    }

    @Override
    public List<Prediction> predictions(Optional<String> agent, int limit) {
        Predicted state = ledger.state();
        Stream<Prediction> open = state.open().values().stream()
                .sorted(Comparator.comparingLong(Predicted.Open::number).reversed())
                .map(this::open);
        Stream<Prediction> closed = state.closed().reversed().stream().map(PredictionView::closed);
        return Stream.concat(open, closed)
                .filter(each -> agent.isEmpty() || each.agent().equals(agent.get()))
                .limit(limit)
                .toList();
    }

    private Prediction open(Predicted.Open open) {
        Optional<String> waits = preventer.waits(open.number());
        OptionalLong lead = open.failedNanos() == 0
                ? OptionalLong.empty()
                : OptionalLong.of((open.failedNanos() - open.madeNanos()) / MILLI);
        String state = waits.isPresent() && open.state().equals(Predicted.ALONE) ? "waits" : open.state();
        return prediction(open, state, "", lead, judge.downMillis(open.number()), waits.orElse(open.why()));
    }

    private static Prediction closed(Predicted.Closed closed) {
        return prediction(
                closed.prediction(),
                "ended",
                closed.outcome(),
                closed.leadMillis() < 0 ? OptionalLong.empty() : OptionalLong.of(closed.leadMillis()),
                closed.downMillis(),
                closed.why());
    }

    private static Prediction prediction(
            Predicted.Open open, String state, String outcome, OptionalLong lead, long down, String why) {
        return new Prediction(
                open.number(),
                open.agent(),
                open.probability(),
                open.madeNanos(),
                open.expectedNanos(),
                open.untilNanos(),
                open.cause(),
                open.drivers(),
                open.model(),
                open.heldOut(),
                open.measure(),
                state,
                outcome,
                lead,
                down,
                why);
    }

    @Override
    public Predictions.Record record() {
        Predicted state = ledger.state();
        Tally tally = state.tally();
        List<Bin> bins = new ArrayList<>();
        for (int i = 0; i < Tally.BINS; i++) {
            Tally.Bin bin = tally.bins().get(i);
            if (bin.count() > 0) {
                bins.add(new Bin(
                        (double) i / Tally.BINS,
                        (double) (i + 1) / Tally.BINS,
                        bin.count(),
                        bin.sum() / bin.count(),
                        (double) bin.failed() / bin.count()));
            }
        }
        List<Predictions.Gain> gains = new ArrayList<>();
        state.gains().forEach((cause, gain) -> gains.add(gain(cause, gain)));
        return new Predictions.Record(
                tally.count(Outcome.HIT),
                tally.count(Outcome.FALSE_ALARM),
                tally.missed(),
                tally.count(Outcome.PREVENTED),
                tally.count(Outcome.FAILED_ANYWAY),
                tally.count(Outcome.VOID),
                tally.medianLead(),
                bins,
                gains);
    }

    private static Predictions.Gain gain(String cause, Worth worth) {
        boolean on = worth.off().isEmpty();
        return new Predictions.Gain(
                cause,
                on,
                on && !worth.enough() ? "too few to tell: each side needs " + Worth.LEAST : worth.off(),
                worth.treated().count(),
                worth.treated().failed(),
                mean(worth.treated()),
                worth.heldOut().count(),
                worth.heldOut().failed(),
                mean(worth.heldOut()));
    }

    private static OptionalDouble mean(Worth.Side side) {
        return side.count() == 0 ? OptionalDouble.empty() : OptionalDouble.of(1_000 * side.mean());
    }

    @Override
    public void turn(String cause, boolean on, String actor) {
        if (Chooser.cause(cause).isEmpty()) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "there is no cause '" + cause + "'; known are "
                            + String.join(
                                    ", ",
                                    Stream.of(Cause.values()).map(Cause::word).toList()));
        }
        ledger.turned(
                actor,
                PredictionLedger.object()
                        .put("cause", cause)
                        .put("on", on)
                        .put("why", on ? "" : "turned off by " + actor));
    }
}
