package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.graph.Proposals.Proposal;
import io.stratoswarm.api.graph.Proposals.State;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.store.TableStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * All proposals. Each is on disk before its transform begins, marked as one that is being begun, so that after a crash the list of
 * transforms tells what became of it.
 */
final class ProposalBook {
    /** Of those that do not wait; older ones are in the journal alone. */
    private static final int MOST_KEPT = 1_000;

    private static final long PATIENCE_SECONDS = 60;

    private final Transforms transforms;
    private final ProposalTable table;
    private final Deciding decisions;
    private final InstantSource clock;
    private final Duration expiry;
    private final TreeMap<Long, Stored> all = new TreeMap<>();
    private long last;

    ProposalBook(Transforms transforms, TableStore tables, Deciding decisions, InstantSource clock, Duration expiry) {
        this.expiry = expiry;
        this.transforms = transforms;
        this.decisions = decisions;
        this.clock = clock;
        this.table = new ProposalTable(tables);
        for (Stored stored : table.load()) {
            last = Math.max(last, stored.number());
            if (stored.decision() >= 0) {
                all.put(stored.number(), stored);
            } else {
                forget(stored.number()); // Its daemon ended before the decision was known to be durable.
            }
        }
        List.copyOf(all.values()).stream()
                .filter(stored -> stored.state() == State.STARTING)
                .forEach(this::settle);
    }

    private long nanos() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    private Stored keep(Stored stored) {
        table.put(stored);
        all.put(stored.number(), stored);
        return stored;
    }

    private void forgetOld() {
        List<Long> over = all.values().stream()
                .filter(stored -> stored.state() != State.WAITING)
                .map(Stored::number)
                .toList();
        for (long number : over.subList(0, Math.max(0, over.size() - MOST_KEPT))) {
            forget(number);
        }
    }

    private void forget(long number) {
        table.remove(number);
        all.remove(number);
    }

    /** The last one of a script for a graph that says anything of when it may be asked again. */
    synchronized Optional<Stored> last(String script, String graph) {
        return all.descendingMap().values().stream()
                .filter(stored -> stored.script().equals(script)
                        && stored.graph().equals(graph)
                        && stored.state() != State.REPLACED)
                .findFirst();
    }

    /** Until when, at least, a script is not asked about a graph; the far future while its transform runs, 0 for no such time. */
    long busyUntil(String script, String graph, long cooldownMillis) {
        Optional<Stored> known = last(script, graph);
        if (known.isEmpty() || known.get().state() == State.WAITING) {
            return 0;
        }
        long ended = known.get().decidedNanos();
        if (known.get().transform() != 0) {
            try {
                ended = transforms.get(known.get().transform()).endNanos();
            } catch (StratoswarmException e) {
                if (e.kind() != Kind.NOT_FOUND) {
                    throw e;
                }
                // So long ago that it is not remembered any more.
            }
        }
        return ended == 0 ? Long.MAX_VALUE : ended + cooldownMillis * 1_000_000L;
    }

    /** One that was not taken. */
    synchronized long refused(Wanted wanted, String why) {
        Stored stored = make(wanted, List.of(), State.REFUSED, why, wanted.actor());
        decisions.outcome(stored, "refused: " + why, false);
        return stored.number();
    }

    synchronized void dryRun(Wanted wanted, List<String> effect) {
        Stored stored = make(
                wanted, effect, State.DRY_RUN, "the header says \"dryRun\": true, so nothing was done", wanted.actor());
        decisions.outcome(stored, "dry run: nothing was done", true);
    }

    /** For an operator. The same thing is asked for once; something else takes the place of what still waits. Gives its number. */
    synchronized long ask(Wanted wanted, List<String> effect) {
        Optional<Stored> waiting =
                last(wanted.script(), wanted.request().graph()).filter(stored -> stored.state() == State.WAITING);
        if (waiting.isPresent() && waiting.get().sameAs(wanted)) {
            return waiting.get().number();
        }
        Stored stored = make(wanted, effect, State.WAITING, "it waits for an operator", "");
        waiting.ifPresent(old -> {
            String why = "proposal " + stored.number() + " took its place";
            decisions.outcome(keep(old.now(State.REPLACED, why, wanted.actor(), 0, nanos())), why, false);
        });
        return stored.number();
    }

    /** Puts away what waits to move agents of a graph, since it is not worth it any more. */
    synchronized void withdraw(String graph, String why) {
        last(Proposals.PLACEMENT, graph)
                .filter(stored -> stored.state() == State.WAITING)
                .ifPresent(stored -> decisions.outcome(
                        keep(stored.now(State.REPLACED, why, Proposals.PLACEMENT, 0, nanos())), why, false));
    }

    /** The one that waits and asks for these moves. */
    synchronized OptionalLong waitingFor(String graph, Map<String, String> arguments) {
        return last(Proposals.PLACEMENT, graph)
                .filter(stored ->
                        stored.state() == State.WAITING && stored.arguments().equals(arguments))
                .map(stored -> OptionalLong.of(stored.number()))
                .orElse(OptionalLong.empty());
    }

    /** Puts away all that nobody has decided in time. */
    synchronized void expire() {
        long now = nanos();
        for (Stored stored : List.copyOf(all.values())) {
            if (stored.state() == State.WAITING && expires(stored) != 0 && expires(stored) <= now) {
                String why = "nobody decided within "
                        + expiry.toString().substring(2).toLowerCase(Locale.ROOT);
                decisions.outcome(keep(stored.now(State.EXPIRED, why, "system", 0, now)), "expired: " + why, false);
            }
        }
    }

    private long expires(Stored stored) {
        return stored.state() != State.WAITING || expiry.isZero() ? 0 : stored.madeNanos() + expiry.toNanos();
    }

    private Proposal proposal(Stored stored) {
        return stored.proposal(expires(stored));
    }

    /** Begins it as the script. Gives its number. */
    synchronized long start(Wanted wanted, List<String> effect) {
        Stored stored = make(wanted, effect, State.STARTING, "", wanted.actor());
        if (stored.state() != State.STARTING) {
            return stored.number(); // A rule has something against it.
        }
        try {
            begin(stored, wanted.request());
        } catch (StratoswarmException e) {
            decisions.outcome(
                    keep(stored.now(State.REFUSED, message(e), stored.by(), 0, nanos())),
                    "refused: " + e.getMessage(),
                    false);
        }
        return stored.number();
    }

    private static String message(StratoswarmException e) {
        return String.valueOf(e.getMessage());
    }

    private Stored make(Wanted wanted, List<String> effect, State state, String detail, String by) {
        Stored stored = Stored.of(last + 1, wanted, effect, state, detail, by, nanos());
        last++;
        keep(stored);
        try {
            forgetOld();
            Decisions.Made made = decisions.decided(stored.number(), wanted, effect, state == State.WAITING);
            Stored decided = stored.decidedBy(made.sequence());
            boolean acts = state == State.STARTING || state == State.WAITING;
            if (acts && made.ruling() == Ruling.DENY) {
                return keep(decided.now(State.REFUSED, made.why(), by, 0, nanos()));
            }
            if (state == State.STARTING && made.ruling() == Ruling.APPROVE) {
                return keep(decided.now(State.WAITING, "it waits for an operator: " + made.why(), "", 0, 0));
            }
            return keep(decided);
        } catch (StratoswarmException e) {
            forget(stored.number());
            throw e;
        }
    }

    private Stored begin(Stored starting, Transforms.Request request) {
        try {
            return started(starting, transforms.start(request, starting.by()).get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StratoswarmException known) {
                throw known;
            }
            throw new StratoswarmException(Kind.SYSTEM, "it could not be begun: " + e.getCause(), e);
        } catch (TimeoutException e) {
            return settle(starting);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "interrupted before it was known to have begun", e);
        }
    }

    private Stored started(Stored starting, Transforms.Transform transform) {
        Stored stored = keep(starting.now(
                State.STARTED,
                "it became transform " + transform.number(),
                starting.by(),
                transform.number(),
                nanos()));
        decisions.outcome(stored, "transform " + transform.number() + " has begun", true);
        return stored;
    }

    /** Whether it had begun when the daemon ended: nobody else begins one of this kind as this actor, after that time. */
    private Stored settle(Stored starting) {
        Optional<Transforms.Transform> begun = transforms.list(Optional.of(starting.graph()), MOST_KEPT).stream()
                .filter(each -> each.actor().equals(starting.by())
                        && each.plan().kind().equals(starting.kind())
                        && each.beginNanos() >= starting.decidedNanos())
                .min(Comparator.comparingLong(Transforms.Transform::number));
        if (begun.isPresent()) {
            return started(starting, begun.get());
        }
        if (!starting.by().equals(starting.actor())) {
            return keep(starting.now(State.WAITING, "approved by " + starting.by() + ", and not begun", "", 0, 0));
        }
        Stored stored = keep(starting.now(State.REFUSED, "it had not begun in time", starting.by(), 0, nanos()));
        decisions.outcome(stored, stored.detail(), false);
        return stored;
    }

    /** What was said to a decision elsewhere than to its proposal. The same again does nothing, since events may come twice. */
    synchronized void told(long number, boolean approved, String actor) {
        Stored stored = all.get(number);
        if (stored != null && stored.state() == State.WAITING) {
            var unused = approved ? approved(number, actor) : rejected(number, actor);
        }
    }

    synchronized List<Proposal> list(Optional<String> graph, int limit) {
        expire();
        List<Stored> found = new ArrayList<>(all.descendingMap().values());
        found.removeIf(stored -> graph.isPresent() && !graph.get().equals(stored.graph()));
        found.sort(Comparator.comparing(stored -> stored.state() != State.WAITING));
        return found.stream().limit(limit).map(this::proposal).toList();
    }

    synchronized Proposal get(long number) {
        expire();
        return proposal(known(number));
    }

    private Stored known(long number) {
        Stored stored = all.get(number);
        if (stored == null) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND,
                    "there is no proposal " + number + "; 'stratoswarm transform proposals' lists those there are");
        }
        return stored;
    }

    private Stored waiting(long number) {
        expire();
        Stored stored = known(number);
        if (stored.state() != State.WAITING) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "proposal " + number + " does not wait any more, it is "
                            + View.word(stored.state()).replace('-', ' ') + ": " + stored.detail());
        }
        return stored;
    }

    CompletableFuture<Proposal> approve(long number, String actor) {
        return CompletableFuture.supplyAsync(() -> proposal(approved(number, actor)), Thread::startVirtualThread);
    }

    private synchronized Stored approved(long number, String actor) {
        Stored before = waiting(number);
        Stored starting = keep(before.now(State.STARTING, "approved", actor, 0, nanos()));
        try {
            return begin(starting, starting.request());
        } catch (StratoswarmException e) {
            keep(before);
            throw e;
        }
    }

    CompletableFuture<Proposal> reject(long number, String actor) {
        return CompletableFuture.supplyAsync(() -> proposal(rejected(number, actor)), Thread::startVirtualThread);
    }

    private synchronized Stored rejected(long number, String actor) {
        Stored stored = keep(waiting(number).now(State.REJECTED, "rejected by " + actor, actor, 0, nanos()));
        decisions.outcome(stored, stored.detail(), false);
        return stored;
    }
}
