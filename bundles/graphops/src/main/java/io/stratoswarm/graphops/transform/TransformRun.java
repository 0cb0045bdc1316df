package io.stratoswarm.graphops.transform;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Transforms.State;
import io.stratoswarm.graphops.transform.Stage.Wait;
import io.stratoswarm.graphops.transform.Watcher.Seen;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries one transform out, from wherever it is. On a thread of its own, which waits. */
final class TransformRun implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TransformRun.class);
    private static final long MILLI = 1_000_000;
    /** Other transforms of the graph may be quicker now and then. */
    private static final int TRIES = 200;

    private static final long PAUSE_MILLIS = 1_000;
    /** So long a stage that holds flows goes on before it is written down; it is mostly over by then. */
    private static final long UNWRITTEN_MILLIS = 100;

    private final Parts parts;
    private final Planner.Planned planned;
    private final Watcher watcher;
    private volatile Kept kept;
    private volatile boolean interrupted;
    /** What tells of a stage that was declared, until it is done. */
    private @Nullable Runnable unwritten;

    private CompletableFuture<Void> told = CompletableFuture.completedFuture(null);

    /** What it works with. */
    interface Parts {
        Graphs graphs();

        List<FlowStatus> flows(String graph);

        TransformEvents events();

        /** Keeps how far it is, on disk. */
        void keep(Kept kept);

        void ended(TransformRun run);

        long monotonic();

        long wallNanos();
    }

    TransformRun(Parts parts, Planner.Planned planned, Watcher watcher, Kept kept) {
        this.parts = parts;
        this.planned = planned;
        this.watcher = watcher;
        this.kept = kept;
    }

    Kept kept() {
        return kept;
    }

    Set<String> touched() {
        return planned.course().touched();
    }

    /** Asks for the way back; the thread of the run takes it. */
    synchronized Kept cancel(String actor) {
        if (kept.ended() || kept.state() == State.GOING_BACK || kept.stage() >= kept.commit()) {
            throw Refusal.conflict("transform " + kept.number()
                    + (kept.ended() || kept.state() == State.GOING_BACK
                            ? " is "
                                    + kept.state()
                                            .name()
                                            .toLowerCase(java.util.Locale.ROOT)
                                            .replace('_', ' ') + " already"
                            : " has passed its commit point and goes on to its end"));
        }
        keep(kept.cancelled(actor));
        parts.events().cancelled(kept);
        return kept;
    }

    /**
     * Goes on to the next stage in memory. Flows may be held now, so nothing is written before that stage is declared, which tells as
     * well how far it came. One that was cancelled does not pass its commit point any more, and one that does cannot be cancelled.
     */
    private synchronized void pass(Kept next) {
        if (next.stage() <= kept.commit()) {
            refuseIfCancelled();
        }
        advance(next);
    }

    /** Nobody is told what a kill could still take back. */
    private synchronized void keep(Kept next) {
        Kept whole = cancelledToo(next);
        parts.keep(whole);
        kept = whole;
    }

    private synchronized void advance(Kept next) {
        kept = cancelledToo(next);
    }

    private Kept cancelledToo(Kept next) {
        return next.cancel().isEmpty() && !kept.cancel().isEmpty() ? next.cancelled(kept.cancel()) : next;
    }

    /** In order, and while the transform goes on. */
    private void tell(Kept at, String stage) {
        told = told.thenRunAsync(() -> parts.events().reached(at, stage), Thread::startVirtualThread);
    }

    private void say(String reason) {
        Kept now = kept;
        if (!now.reason().equals(reason)) {
            synchronized (this) {
                kept = kept.because(reason); // Known by asking; it is not worth the disk.
            }
        }
    }

    void interrupt() {
        interrupted = true;
    }

    @Override
    public void run() {
        try {
            if (kept.state() == State.RUNNING) {
                forward();
            }
            if (kept.state() == State.GOING_BACK) {
                back();
            }
        } catch (InterruptedException e) {
            LOG.debug("transform {} goes on when the bundle is back", kept.number(), e);
            return;
        } catch (RuntimeException e) {
            if (interrupted) {
                LOG.debug("transform {} goes on when the bundle is back", kept.number(), e);
                return;
            }
            LOG.error("transform {} of graph {} cannot go on", kept.number(), kept.graph(), e);
            end(State.DONE_WITH_LOSS, "it stopped by an error at stage " + kept.stage() + ": " + e.getMessage());
        }
        parts.ended(this);
    }

    private void forward() throws InterruptedException {
        List<Stage> stages = planned.course().stages();
        while (kept.stage() < stages.size()) {
            int index = kept.stage();
            Stage stage = stages.get(index);
            boolean committed = index >= kept.commit();
            try {
                if (!committed) {
                    refuseIfCancelled();
                }
                if (!committed && stage.until() instanceof Wait.Well) {
                    keep(kept.sharing());
                }
                enter(stage);
                write();
                unwritten = written(kept, stage);
                if (!(stage.until() instanceof Wait.Drained)) {
                    write();
                }
                await(stage, committed);
                Kept next = kept.at(State.RUNNING, index + 1, "");
                pass(stage.until() instanceof Wait.Drained ? next.accounted(ledgers()) : next);
            } catch (RuntimeException e) {
                if (ended(e)) {
                    return;
                }
                if (!committed) {
                    keep(kept.at(State.GOING_BACK, index, String.valueOf(e.getMessage())));
                    return;
                }
                again(e); // There is no way but forward.
            }
        }
        applied();
        List<String> notes = kept.notes();
        end(notes.isEmpty() ? State.DONE : State.DONE_WITH_LOSS, String.join("; ", notes));
    }

    private Runnable written(Kept at, Stage stage) {
        return () -> {
            tell(at, stage.name());
            keep(kept);
        };
    }

    /**
     * Tells of the stage that was declared last, and keeps how far it is. The graph's history tells that too, so while flows are held
     * it can wait: the disk has more urgent things to write.
     */
    private void write() {
        Runnable now = unwritten;
        if (now != null) {
            unwritten = null;
            now.run();
        }
    }

    private boolean gone() {
        return parts.graphs()
                .declaration(kept.graph())
                .map(Graphs.Declaration::deleting)
                .orElse(true);
    }

    private void refuseIfCancelled() {
        if (!kept.cancel().isEmpty()) {
            throw new StratoswarmException(Kind.CONFLICT, "cancelled by " + kept.cancel());
        }
    }

    /** The file that was applied is what the graph is declared by from now on. */
    private void applied() throws InterruptedException {
        if (!kept.kind().equals("apply")) {
            return;
        }
        GraphManifest manifest = kept.request()
                .fragment()
                .flatMap(source -> parts.graphs().parse(source).manifest())
                .orElseThrow();
        String why = "";
        for (int i = 0; i < TRIES; i++) {
            try {
                parts.graphs()
                        .apply(manifest, new Graphs.Options(true, OptionalLong.empty()), kept.actor())
                        .join();
                return;
            } catch (CompletionException e) {
                // Most likely another transform of the graph is under way.
                why = String.valueOf(
                        e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
                Thread.sleep(50);
            }
        }
        keep(kept.noted("the graph is as the file declares it, but the file could not be recorded as applied: " + why));
    }

    /** Whether a failure is the end of it, since the graph or the bundle goes; what is no refusal is told as the defect that it is. */
    private boolean ended(RuntimeException e) {
        if (interrupted) {
            throw e;
        }
        if (gone()) {
            end(State.DONE_WITH_LOSS, "graph " + kept.graph() + " was deleted");
            return true;
        }
        if (!(e instanceof StratoswarmException)) {
            LOG.error("stage {} of transform {} of graph {} failed", kept.stage(), kept.number(), kept.graph(), e);
        }
        return false;
    }

    private void again(RuntimeException e) throws InterruptedException {
        say("tries again: " + e.getMessage());
        Thread.sleep(PAUSE_MILLIS);
    }

    private void back() throws InterruptedException {
        String why = kept.reason();
        while (true) {
            try {
                backOnce(why);
                return;
            } catch (RuntimeException e) {
                if (ended(e)) {
                    return;
                }
                again(e);
            }
        }
    }

    private void backOnce(String why) throws InterruptedException {
        Course course = planned.course();
        if (kept.shared()) {
            Stage drain = course.drainBack();
            enter(drain);
            tell(kept, drain.name());
            await(drain, true);
        }
        Stage restore = course.restore();
        enter(restore);
        tell(kept, restore.name());
        List<String> notes = kept.notes();
        end(
                notes.isEmpty() ? State.ROLLED_BACK : State.DONE_WITH_LOSS,
                notes.isEmpty() ? why : why + "; " + String.join("; ", notes));
    }

    private void end(State how, String why) {
        write();
        Map<String, FlowLedger> after = new TreeMap<>(kept.after());
        if (!gone()) {
            after.putAll(ledgers());
        }
        told.join();
        long dropped = dropped(after) - dropped(kept.before());
        keep(
                dropped <= 0
                        ? kept.end(how, why, parts.wallNanos(), after)
                        : kept.end(
                                State.DONE_WITH_LOSS,
                                (why.isEmpty() ? "" : why + "; ") + dropped + " records were dropped",
                                parts.wallNanos(),
                                after));
        parts.events().ended(kept);
        LOG.info(
                "transform {} of graph {} ({}) is {}{}",
                kept.number(),
                kept.graph(),
                kept.kind(),
                kept.state().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                kept.reason().isEmpty() ? "" : ": " + kept.reason());
    }

    private static long dropped(Map<String, FlowLedger> ledgers) {
        return ledgers.values().stream().mapToLong(FlowLedger::dropped).sum();
    }

    private Map<String, FlowLedger> ledgers() {
        return ledgers(parts.flows(kept.graph()), planned.course().accounted());
    }

    static Map<String, FlowLedger> ledgers(List<FlowStatus> flows, Set<String> touched) {
        Map<String, FlowLedger> ledgers = new TreeMap<>();
        flows.stream()
                .filter(flow -> touched.contains(flow.flow()))
                .forEach(flow -> ledgers.put(flow.flow(), flow.ledger()));
        return ledgers;
    }

    /** Declares what the stage says of what it touches, beside all else that is declared now. */
    private void enter(Stage stage) throws InterruptedException {
        for (int i = 0; ; i++) {
            Graphs.Declaration now = parts.graphs()
                    .declaration(kept.graph())
                    .orElseThrow(() -> new StratoswarmException(Kind.NOT_FOUND, "graph " + kept.graph() + " is gone"));
            try {
                parts.graphs()
                        .revise(kept.graph(), stage.revision(now, note(kept)), kept.actor())
                        .join();
                return;
            } catch (CompletionException e) {
                boolean moved = parts.graphs()
                                .declaration(kept.graph())
                                .map(Graphs.Declaration::generation)
                                .orElse(0L)
                        != now.generation();
                if (!moved || i >= TRIES) {
                    throw e.getCause() instanceof StratoswarmException cause ? cause : e;
                }
                Thread.sleep(1);
            }
        }
    }

    /** By it the history of a graph tells of which transform a generation is a stage. */
    static String note(Kept kept) {
        return "transform " + kept.number() + " (" + kept.kind() + "): ";
    }

    private void await(Stage stage, boolean committed) throws InterruptedException {
        Wait wait = stage.until();
        watcher.begin(wait);
        long begun = parts.monotonic();
        long limit = MILLI
                * switch (wait) {
                    case Wait.Ready ready -> kept.readyMillis();
                    case Wait.Well well -> well.millis();
                    case Wait.Drained drained -> kept.graceMillis();
                    case Wait.Nothing nothing -> 0;
                };
        while (true) {
            if (!committed) {
                refuseIfCancelled();
            }
            long passed = parts.monotonic() - begun;
            boolean over = passed >= limit;
            Seen seen = watcher.look(wait, over);
            if (seen.done()) {
                return;
            }
            if (seen.failed()) {
                throw new StratoswarmException(Kind.CONFLICT, "stage '" + stage.name() + "': " + seen.why());
            }
            say("waits for " + seen.why());
            if (passed >= UNWRITTEN_MILLIS * MILLI) {
                write();
            }
            if (over && wait instanceof Wait.Ready) {
                throw new StratoswarmException(
                        Kind.TIMEOUT,
                        "stage '" + stage.name() + "': after " + kept.readyMillis() + " ms it still waited for "
                                + seen.why());
            }
            if (over && wait instanceof Wait.Drained drained && !kept.notes().isEmpty()) {
                return; // What did not end was stopped, and has had as long again for that.
            }
            if (over && wait instanceof Wait.Drained drained) {
                Optional<List<String>> lost = watcher.giveUp(drained, kept.graceMillis());
                if (lost.isPresent()) {
                    for (String each :
                            lost.get().isEmpty() ? List.of("gave up waiting for " + seen.why()) : lost.get()) {
                        keep(kept.noted(each));
                    }
                    begun = parts.monotonic();
                } else {
                    begun = parts.monotonic(); // It is delivered at least once, so it waits on.
                }
            }
            Thread.sleep(passed < 500 * MILLI ? 1 : passed < 5_000 * MILLI ? 10 : 50);
        }
    }
}
