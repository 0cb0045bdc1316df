package io.stratoswarm.healing.prevent;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.api.graph.Transforms.State;
import io.stratoswarm.api.graph.Transforms.Transform;
import io.stratoswarm.healing.heal.Means;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what was decided about failures that are foreseen, each step when its time has come. */
final class Treatment {
    private static final Logger LOG = LoggerFactory.getLogger(Treatment.class);
    private static final long LEASE_MILLIS = 90_000;
    /** Share of its memory that an agent is asked for at a time, and how often. */
    private static final int EIGHTH = 8;

    private static final int MOST_RECLAIMS = 5;
    private static final int POLITE = 10;
    private final PredictionParts parts;
    private final PredictionLedger ledger;
    private final Means means;
    private final Chooser chooser;
    private final Preventer preventer;
    private final Withholding withholding;
    private final Foresight foresight;
    private final Planned planned;
    private final Replacement replacement;
    private final Map<Long, Task> tasks = new ConcurrentHashMap<>();

    /** What is known beyond the events while the daemon runs. */
    private static final class Task {
        volatile boolean busy;
        /** The last thing was done. The state that a step looks at may be older. */
        volatile boolean finished;

        volatile int reclaims;
        /** Nothing more can be taken back. */
        volatile boolean drained;

        volatile long nextReclaimMillis;
        /** It cannot be replaced, or that was tried. */
        volatile boolean inPlace;
    }

    Treatment(
            PredictionParts parts,
            PredictionLedger ledger,
            Means means,
            Chooser chooser,
            Preventer preventer,
            Withholding withholding,
            Foresight foresight) {
        this.parts = parts;
        this.ledger = ledger;
        this.means = means;
        this.chooser = chooser;
        this.preventer = preventer;
        this.withholding = withholding;
        this.foresight = foresight;
        planned = new Planned(parts, foresight);
        replacement = new Replacement(parts, means);
    }

    /** Whether something is being done at this moment, so that a stop, a new start or an end is ours; until it is known what came of it. */
    boolean busy(Predicted.Open open) {
        Task task = tasks.get(open.number());
        return task != null && task.busy
                || (task == null || !task.inPlace) && replacing(open).isPresent();
    }

    private Optional<Transform> replacing(Predicted.Open open) {
        return open.state().equals(Predicted.ACTING)
                ? replacement.begun(open.agent(), open.madeNanos())
                : Optional.empty();
    }

    private static boolean running(Transform transform) {
        return transform.state() == State.RUNNING || transform.state() == State.GOING_BACK;
    }

    void forget(long number) {
        tasks.remove(number);
    }

    void step(Predicted state, Predicted.Open open) {
        Optional<Measure> measure = Measure.of(open.measure());
        Task task = tasks.computeIfAbsent(open.number(), key -> new Task());
        if (!open.state().equals(Predicted.ACTING)
                || measure.isEmpty()
                || task.busy
                || task.finished
                || open.failedNanos() != 0) {
            return;
        }
        Optional<Transform> begun = replacing(open);
        if (begun.isPresent() && !task.inPlace) {
            follow(open, task, begun.get());
            return;
        }
        Optional<AgentStatus> agent = parts.healing().agents().get(open.agent());
        if (agent.isEmpty() || !agent.get().phase().running() || agent.get().phase() == AgentPhase.STOPPING) {
            return;
        }
        switch (measure.get()) {
            case RECLAIM -> {
                if (!task.drained && parts.healing().clock().millis() >= task.nextReclaimMillis) {
                    guarded(state, open, Measure.RECLAIM, () -> reclaim(open, task, agent.get()), task);
                } else {
                    restart(state, open, task, agent.get());
                }
            }
            case RESTART -> restart(state, open, task, agent.get());
            case REMEDY -> guarded(state, open, Measure.REMEDY, () -> remedy(open, agent.get()), task);
            case MOVE, RENICE_NEIGHBOUR ->
                guarded(state, open, measure.get(), () -> control(open, measure.get(), agent.get()), task);
        }
    }

    /** What is done is one line for the event. */
    private void guarded(Predicted state, Predicted.Open open, Measure measure, Runnable what, Task task) {
        Optional<String[]> against = preventer.against(state, open, measure);
        if (against.isPresent()) {
            withholding.add(open, measure.word(), against.get()[0], against.get()[1]);
            return;
        }
        task.busy = true;
        parts.hands().execute(() -> {
            try {
                what.run();
            } catch (StratoswarmException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return; // The bundle ends; what came of it is seen by the next one.
                }
                acted(open, measure.word(), false, true, "was not done: " + e.getMessage(), "");
            } catch (RuntimeException e) {
                LOG.error("prediction {}: {} of {} came to grief", open.number(), measure.word(), open.agent(), e);
                acted(open, measure.word(), false, true, "was not done: " + e, "");
            } finally {
                task.busy = false;
            }
        });
    }

    private void acted(Predicted.Open open, String act, boolean done, boolean last, String what, String successor) {
        ledger.append(
                PredictionFold.ACTED,
                open.number(),
                act + "/" + parts.healing().clock().millis(),
                PredictionLedger.object()
                        .put("prediction", open.number())
                        .put("agent", open.agent())
                        .put("act", act)
                        .put("done", done)
                        .put("last", last)
                        .put("what", act + ": " + what)
                        .put("successor", successor));
        LOG.info("prediction {}: {} of {}: {}", open.number(), act, open.agent(), what);
        if (done) {
            parts.lessons()
                    .get()
                    .ifPresent(book -> foresight.course(open.agent()).ifPresent(book::uncertain));
        }
        if (last) {
            tasks.computeIfAbsent(open.number(), key -> new Task()).finished = true;
            preventer.close(open.number(), act + ": " + what, done);
        }
    }

    private void reclaim(Predicted.Open open, Task task, AgentStatus agent) {
        long resident = means.resident(agent);
        if (resident < EIGHTH) {
            task.drained = true;
            return;
        }
        AgentControls.Outcome outcome = leased(open, () -> means.reclaim(agent.id(), resident / EIGHTH));
        boolean helped = outcome.done() && taken(outcome) >= Math.max(1, resident / 100);
        task.reclaims++;
        task.drained = !helped || task.reclaims >= MOST_RECLAIMS;
        task.nextReclaimMillis =
                parts.healing().clock().millis() + 2 * parts.settings().stepMillis();
        acted(
                open,
                "reclaim",
                helped,
                false,
                helped ? outcome.detail() : "the kernel could take nothing back worth telling: " + outcome.detail(),
                "");
    }

    private static long taken(AgentControls.Outcome outcome) {
        try {
            return Long.parseLong(outcome.before()) - Long.parseLong(outcome.after());
        } catch (NumberFormatException e) {
            LOG.debug("a reclaim did not tell bytes: {}", outcome, e);
            return 0;
        }
    }

    private void remedy(Predicted.Open open, AgentStatus agent) {
        List<String> jobs = Chooser.cause(open.cause())
                .map(cause -> chooser.remedies(cause, agent))
                .orElse(List.of());
        acted(open, Measure.REMEDY.word(), true, true, means.run(jobs), "");
    }

    private void control(Predicted.Open open, Measure measure, AgentStatus agent) {
        String what = leased(open, () -> measure == Measure.MOVE ? moved(open, agent) : reniced(agent));
        acted(open, measure.word(), true, true, what, "");
    }

    private String moved(Predicted.Open open, AgentStatus agent) {
        boolean hot = open.cause().equals(io.stratoswarm.healing.predict.Cause.THERMAL.word());
        return (hot ? chooser.cooler() : means.idlest())
                .map(cpus -> means.control(agent.id(), new Control.Affinity(cpus)))
                .orElseThrow(() -> Means.absent(hot ? "a cooler place" : "another processor"));
    }

    private String reniced(AgentStatus agent) {
        return means.busiest(agent)
                .map(other -> means.control(other, new Control.Nice(POLITE)))
                .orElseThrow(() -> Means.absent("another agent that uses much processor time"));
    }

    private <T> T leased(Predicted.Open open, Supplier<T> what) {
        return means.leased(
                open.agent(), LEASE_MILLIS, "prevents a failure that is foreseen, prediction " + open.number(), what);
    }

    private void restart(Predicted state, Predicted.Open open, Task task, AgentStatus agent) {
        Optional<String> why = planned.due(open, open.measure().equals(Measure.RECLAIM.word()) && !task.drained);
        if (why.isEmpty()) {
            return;
        }
        guarded(state, open, Measure.RESTART, () -> restart(open, task, agent, why.get()), task);
    }

    private void restart(Predicted.Open open, Task task, AgentStatus agent, String why) {
        if (!task.inPlace) {
            Optional<Transform> transform = replacement.begin(agent);
            if (transform.isPresent()) {
                LOG.info(
                        "prediction {}: {} is replaced by transform {}, {}",
                        open.number(),
                        open.agent(),
                        transform.get().number(),
                        why);
                return;
            }
            task.inPlace = true;
        }
        leased(open, () -> means.restart(agent));
        acted(open, "restart", true, true, "started anew, " + why, "");
    }

    private void follow(Predicted.Open open, Task task, Transform transform) {
        if (running(transform)) {
            return;
        }
        task.inPlace = true;
        if (transform.state() == State.ROLLED_BACK) {
            acted(
                    open,
                    "replace",
                    false,
                    false,
                    "transform " + transform.number() + " went back: " + transform.reason(),
                    "");
            return;
        }
        acted(
                open,
                "replace",
                true,
                true,
                "transform " + transform.number() + " had another agent ready before this one ended",
                replacement.successor(open.agent()).orElse(""));
    }
}
