package io.stratoswarm.healing.prevent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.healing.Predictions;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.healing.heal.Means;
import io.stratoswarm.healing.heal.Settings;
import io.stratoswarm.healing.predict.Cause;
import io.stratoswarm.healing.predict.Forecast;
import io.stratoswarm.healing.predict.Forecaster;
import io.stratoswarm.healing.predict.Track;
import io.stratoswarm.healing.strategy.Act;
import java.util.List;
import java.util.Optional;

/**
 * Predictions from the first forecast to the record. {@link #step} is called again and again by one thread; what takes a while is done by
 * the hands, and what others see is made from events and the last forecasts.
 */
public final class PredictionBook {
    /** Of steps: an agent that was looked at for less has not been missed when it fails; five minutes at full length. */
    private static final int MISS_STEPS = 10;
    /** A failure that is older was met by an earlier daemon. */
    private static final long OLD_MILLIS = 10 * 60_000L;

    private final PredictionParts parts;
    private final PredictionLedger ledger;
    private final Means means;
    private final Foresight foresight;
    private final Withholding withholding;
    private final Preventer preventer;
    private final Treatment treatment;
    private final Judge judge;

    public PredictionBook(PredictionParts parts) {
        this(parts, Track::step);
    }

    /** @param tracker how steps are given to tracks */
    PredictionBook(PredictionParts parts, Tracker tracker) {
        this.parts = parts;
        ledger = new PredictionLedger(parts.healing().journal(), parts.healing().projections());
        means = new Means(parts.healing());
        foresight = new Foresight(parts, means, tracker);
        withholding = new Withholding(ledger);
        Chooser chooser = new Chooser(parts, means);
        preventer = new Preventer(parts, ledger, means, chooser, withholding);
        treatment = new Treatment(parts, ledger, means, chooser, preventer, withholding, foresight);
        judge = new Judge(parts.healing(), ledger, () -> parts.settings().stepMillis());
    }

    /** Keeps the record; it must be there before the rest. */
    public static Projection<?> projection() {
        return new PredictionFold();
    }

    public Predictions service() {
        return new PredictionView(parts, ledger, means, foresight, withholding, preventer, judge);
    }

    /** Has preventions wait for a person where the configuration says so of the act. */
    public DecisionGate gate() {
        return this::judge;
    }

    private List<DecisionGate.Finding> judge(DecisionRecorded decision, DecisionOrigin origin) {
        if (!decision.decisionType().startsWith(Preventer.PREVENT)) {
            return List.of();
        }
        return Measure.of(decision.decisionType().substring(Preventer.PREVENT.length()))
                .filter(this::approved)
                .map(measure -> List.of(new DecisionGate.Finding(
                        "healing/approve",
                        Ruling.APPROVE,
                        measure.act().word() + " waits for a person (approve.acts)")))
                .orElse(List.of());
    }

    private boolean approved(Measure measure) {
        boolean restarts =
                measure == Measure.RECLAIM && means.settings().approved().contains(Act.RESTART);
        return restarts || means.settings().approved().contains(measure.act());
    }

    /** Hears of failures and approvals. */
    public Reactor reactor() {
        return new Reactor() {
            @Override
            public String id() {
                return "predictions";
            }

            @Override
            public void on(Event event) {
                heard(event);
            }
        };
    }

    private void heard(Event event) {
        if (means.settings().mode() == Settings.Mode.OFF) {
            return;
        }
        if (event.type().equals(Decisions.APPROVED) && event.subject().startsWith(PredictionLedger.SUBJECT)) {
            synchronized (this) {
                Predicted state = ledger.state();
                state.open().values().stream()
                        .filter(open -> PredictionLedger.subject(open.number()).equals(event.subject())
                                && open.state().equals(Predicted.ALONE))
                        .forEach(open -> preventer.consider(state, open));
            }
            return;
        }
        Optional<Means.Failed> failure = means.failure(event);
        if (failure.isPresent()
                && failure.get().millis() > parts.healing().clock().millis() - OLD_MILLIS) {
            failed(failure.get());
        }
    }

    private synchronized void failed(Means.Failed failure) {
        Optional<Forecaster> forecaster = parts.prognosis().get().forecaster();
        Optional<Course> course = foresight.failed(failure.agent(), failure.millis());
        boolean foreseen = judge.failed(ledger.state(), failure);
        if (course.isEmpty() || forecaster.isEmpty()) {
            return;
        }
        PredictionSettings settings = parts.settings();
        parts.lessons()
                .get()
                .ifPresent(book -> book.failed(
                        course.get(),
                        failure.millis(),
                        settings.scaled(forecaster.get().horizonMillis()),
                        settings.stepMillis()));
        if (foreseen || course.get().told || course.get().steps < MISS_STEPS) {
            return;
        }
        course.get().told = true;
        ObjectNode payload = PredictionLedger.object()
                .put("case", failure.number())
                .put("agent", failure.agent())
                .put("steps", course.get().steps);
        course.get().forecast().ifPresent(it -> payload.put("probability", PredictionLedger.rounded(it.probability())));
        ledger.missed(failure.number(), payload);
    }

    /** Looks at all agents where that is due, and goes on with what is open. */
    public synchronized void step() {
        if (means.settings().mode() == Settings.Mode.OFF) {
            return;
        }
        Optional<Forecaster> forecaster = parts.prognosis().get().forecaster();
        boolean stepped = foresight.step(parts.settings(), forecaster);
        Predicted state = ledger.state();
        if (stepped) {
            make(state, forecaster.orElseThrow());
            state = ledger.state();
        }
        judge.watch(state);
        boolean ended = false;
        for (Predicted.Open open : state.open().values()) {
            Optional<Judge.Verdict> verdict = judge.judge(open, treatment.busy(open));
            if (verdict.isPresent()) {
                judge.end(open, verdict.get());
                close(open, verdict.get());
                ended = true;
            } else if (open.state().equals(Predicted.ACTING)) {
                treatment.step(state, open);
            } else if (stepped && open.state().equals(Predicted.ALONE)) {
                preventer.consider(state, open);
            }
        }
        if (ended) {
            judge.weigh();
        }
    }

    private void close(Predicted.Open open, Judge.Verdict verdict) {
        if (open.state().equals(Predicted.ACTING)
                || preventer.waits(open.number()).isPresent()) {
            preventer.close(open.number(), "nothing more was done: " + verdict.why(), false);
        }
        preventer.forget(open.number());
        treatment.forget(open.number());
    }

    private void make(Predicted state, Forecaster forecaster) {
        PredictionSettings settings = parts.settings();
        long number = state.made();
        for (Course course : foresight.expected()) {
            Forecast forecast = course.forecast().orElseThrow();
            // One that is not explained yet comes a step later, with its cause.
            boolean sure = forecast.probability() > settings.threshold() && forecast.explained();
            Optional<AgentStatus> agent = sure ? parts.healing().agents().get(course.agent) : Optional.empty();
            if (agent.isPresent()
                    && agent.get().incarnation() == course.incarnation
                    && (agent.get().phase() == AgentPhase.READY || agent.get().phase() == AgentPhase.RUNNING)
                    && free(state, number + 1, forecast.cause(), agent.get())) {
                made(++number, course, forecast, forecaster);
            }
        }
    }

    /** Whether nothing is predicted of an agent yet; what nothing can be done about keeps no warning away that something can be done about. */
    private boolean free(Predicted state, long next, Cause cause, AgentStatus agent) {
        Optional<Predicted.Open> open = state.about(agent.id());
        if (open.isEmpty()) {
            return true;
        }
        if (!preventer.outdone(state, open.get(), cause, agent)) {
            return false;
        }
        Judge.Verdict verdict = new Judge.Verdict(
                Outcome.VOID,
                -1,
                "nothing could be done about it, and something can about " + cause.word()
                        + ", which is expected by now: prediction " + next);
        judge.end(open.get(), verdict);
        close(open.get(), verdict);
        return true;
    }

    private void made(long number, Course course, Forecast forecast, Forecaster forecaster) {
        PredictionSettings settings = parts.settings();
        long now = parts.healing().clock().millis();
        double drawn = Lot.draw(parts.healing().journal().id(), number, course.agent);
        ObjectNode payload = PredictionLedger.object()
                .put("prediction", number)
                .put("agent", course.agent)
                .put("incarnation", course.incarnation)
                .put("probability", PredictionLedger.rounded(forecast.probability()))
                .put("expected", 1_000_000 * (now + settings.scaled(forecast.inMillis())))
                .put("until", 1_000_000 * (now + settings.scaled(forecaster.horizonMillis())))
                .put("cause", forecast.cause().word())
                .put("steps", course.steps)
                .put("model", forecaster.model())
                .put("threshold", settings.threshold())
                .put("holdout", settings.holdout())
                .put("drawn", drawn)
                .put("heldOut", drawn < settings.holdout());
        forecast.drivers().forEach(payload.withArray("drivers")::add);
        try {
            ledger.made(number, payload);
        } catch (StratoswarmException e) {
            if (e.kind() != StratoswarmException.Kind.CONFLICT) {
                throw e;
            }
            throw new IllegalStateException("prediction " + number + " was made twice", e);
        }
    }
}
