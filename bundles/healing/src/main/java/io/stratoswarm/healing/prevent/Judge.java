package io.stratoswarm.healing.prevent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.healing.heal.HealingParts;
import io.stratoswarm.healing.heal.Means;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what came of predictions: each is ended once it is known, and the record and the gain of its cause follow from that. */
final class Judge {
    private static final Logger LOG = LoggerFactory.getLogger(Judge.class);
    private static final long MILLI = 1_000_000;
    /** The event of a failure may come a little later than the phase that it led to. */
    private static final long GRACE_MILLIS = 5_000;
    /** Of steps: for so long an agent must be well after a failure, and at most so long is waited for that. */
    private static final int SETTLED = 2;

    private static final int PATIENCE = 10;

    private final HealingParts parts;
    private final PredictionLedger ledger;
    private final LongSupplier stepMillis;
    /** How long each was not well, as far as this daemon saw it. */
    private final Map<Long, Long> down = new ConcurrentHashMap<>();

    private long last = Long.MIN_VALUE;

    Judge(HealingParts parts, PredictionLedger ledger, LongSupplier stepMillis) {
        this.parts = parts;
        this.ledger = ledger;
        this.stepMillis = stepMillis;
    }

    /** What came of one. @param leadMillis negative where it did not fail */
    record Verdict(Outcome outcome, long leadMillis, String why) {}

    /** Counts the time since the last call for those that are not well. */
    void watch(Predicted state) {
        long now = parts.clock().millis();
        long passed = last == Long.MIN_VALUE ? 0 : Math.max(0, now - last);
        last = now;
        for (Predicted.Open open : state.open().values()) {
            boolean well = parts.agents()
                    .get(open.standing())
                    .map(agent -> Means.well(agent) || agent.phase() == AgentPhase.STOPPED)
                    .orElse(true);
            if (!well) {
                down.merge(open.number(), passed, Long::sum);
            }
        }
    }

    /** An agent failed; @return whether that was foreseen */
    boolean failed(Predicted state, Means.Failed failure) {
        Optional<Predicted.Open> found = state.about(failure.agent());
        if (found.isEmpty()) {
            return false;
        }
        Predicted.Open open = found.get();
        long lead = failure.millis() - open.madeNanos() / MILLI;
        if (open.failedNanos() == 0 && lead >= 0 && failure.millis() <= open.untilNanos() / MILLI) {
            ledger.append(
                    PredictionFold.CAME,
                    open.number(),
                    "",
                    PredictionLedger.object()
                            .put("prediction", open.number())
                            .put("agent", failure.agent())
                            .put("case", failure.number())
                            .put("leadMillis", lead));
        }
        return true;
    }

    /** What came of it; empty while that is not known. @param busy whether something is being done about it just now */
    Optional<Verdict> judge(Predicted.Open open, boolean busy) {
        long now = parts.clock().millis();
        Optional<AgentStatus> status = parts.agents().get(open.standing());
        if (open.failedNanos() != 0) {
            return after(open, status, now);
        }
        if (busy) {
            return Optional.empty();
        }
        if (status.isEmpty()) {
            return nothing("the agent is gone");
        }
        AgentStatus agent = status.get();
        if (agent.sinceNanos() > open.madeNanos()) {
            if (agent.phase() == AgentPhase.STOPPED) {
                return nothing("it was stopped by somebody");
            }
            if (agent.phase() == AgentPhase.COMPLETED) {
                return nothing("it ran to its end");
            }
        }
        boolean anew = !open.acted() && open.successor().isEmpty() && agent.incarnation() != open.incarnation();
        if (anew && now - agent.startedNanos().orElse(now * MILLI) / MILLI > GRACE_MILLIS) {
            return nothing("it was started anew without having failed");
        }
        if (now < open.untilNanos() / MILLI) {
            return Optional.empty();
        }
        return Optional.of(
                open.acted()
                        ? new Verdict(
                                Outcome.PREVENTED,
                                -1,
                                "it did not fail after something was done; whether it would have is not known")
                        : new Verdict(Outcome.FALSE_ALARM, -1, "it did not fail within the horizon"));
    }

    private static Optional<Verdict> nothing(String why) {
        return Optional.of(new Verdict(Outcome.VOID, -1, why));
    }

    private Optional<Verdict> after(Predicted.Open open, Optional<AgentStatus> status, long now) {
        long failed = open.failedNanos() / MILLI;
        boolean settled = status.map(agent ->
                        Means.well(agent) && agent.sinceNanos() / MILLI <= now - SETTLED * stepMillis.getAsLong())
                .orElse(true);
        // An end that is noticed late may leave the old phase for a moment.
        boolean soon = now - failed < SETTLED * stepMillis.getAsLong();
        if ((soon || !settled) && now < failed + PATIENCE * stepMillis.getAsLong()) {
            return Optional.empty();
        }
        long lead = failed - open.madeNanos() / MILLI;
        return Optional.of(
                open.acted()
                        ? new Verdict(Outcome.FAILED_ANYWAY, lead, "it failed though something was done")
                        : new Verdict(Outcome.HIT, lead, "it failed within the horizon, and nothing had been done"));
    }

    void end(Predicted.Open open, Verdict verdict) {
        ObjectNode payload = PredictionLedger.object()
                .put("prediction", open.number())
                .put("agent", open.agent())
                .put("cause", open.cause())
                .put("probability", open.probability())
                .put("heldOut", open.heldOut())
                .put("acted", open.acted())
                .put("outcome", verdict.outcome().word())
                .put("downMillis", down.getOrDefault(open.number(), 0L))
                .put("why", verdict.why());
        if (verdict.leadMillis() >= 0) {
            payload.put("leadMillis", verdict.leadMillis());
        }
        ledger.append(PredictionFold.ENDED, open.number(), "", payload);
        down.remove(open.number());
        LOG.info(
                "prediction {} about {}: {}: {}",
                open.number(),
                open.agent(),
                verdict.outcome().word(),
                verdict.why());
    }

    /** Has nothing done any more about causes where that makes it worse. */
    void weigh() {
        ledger.state().gains().forEach((cause, gain) -> {
            if (gain.off().isEmpty() && gain.worse()) {
                LOG.warn("failures by {} are not prevented any more: {}", cause, gain.evidence());
                ledger.turned(
                        Means.ACTOR,
                        PredictionLedger.object()
                                .put("cause", cause)
                                .put("on", false)
                                .put("why", "it made things worse: " + gain.evidence()));
            }
        });
    }

    long downMillis(long number) {
        return down.getOrDefault(number, 0L);
    }
}
