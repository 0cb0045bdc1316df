package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.JournalRetention;
import io.stratoswarm.api.journal.LegalHolds;
import io.stratoswarm.api.journal.PastStates;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.core.store.FileBlobStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides what of the journal goes, and has it go. */
public final class Retention implements JournalRetention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    /**
     * Events of these types are kept for good: what tells how the journal came to be what it is, and what is read from the journal
     * itself rather than from a state that is folded from it.
     */
    static final List<String> KEPT = List.of(
            "JournalRestored",
            "JournalSalvaged",
            Pruning.TYPE,
            Holds.PLACED,
            Holds.RELEASED,
            "LogKeyIntroduced",
            "LogConflictFound",
            "PersonErased",
            "RulePackEnabled",
            "RulePackDisabled",
            "RulePackLoaded",
            "RulePackRefused",
            "RulePackRemoved",
            "RuleScriptLoaded",
            "RuleScriptRemoved",
            "ScriptLoaded",
            "ScriptUnloaded",
            "ScriptRefused",
            "ScriptEnabled",
            "ScriptDisabled",
            "ScriptQuarantined");

    private final LmdbJournal journal;
    private final JournalProjections projections;
    private final PastStates past;
    private final FileBlobStore blobs;
    private final InstantSource clock;
    private final Holds holds;
    private final Needs needs;
    private final ReentrantLock pruning = new ReentrantLock();
    private final Consumer<Pruner.Step> steps;
    private volatile RetentionSettings settings = RetentionSettings.DEFAULT;
    private volatile Supplier<Optional<Decisions>> decisions = Optional::empty;
    private volatile String problem = "";
    private volatile String misconfigured = "";

    /** @param steps is told how far a cut has come; what it throws stops it there, as a crash would */
    Retention(
            LmdbJournal journal,
            JournalTypes types,
            JournalProjections projections,
            PastStates past,
            Reactors reactors,
            FileBlobStore blobs,
            InstantSource clock,
            Consumer<Pruner.Step> steps) {
        this.journal = journal;
        this.projections = projections;
        this.past = past;
        this.blobs = blobs;
        this.clock = clock;
        this.steps = steps;
        this.holds = new Holds(journal, types, pruning);
        this.needs = new Needs(journal, projections, reactors, holds, () -> decisions.get());
    }

    public LegalHolds holds() {
        return holds;
    }

    public void configure(RetentionSettings wanted) {
        settings = wanted;
        misconfigured = "";
    }

    /** Keeps everything, since what was configured cannot be understood. */
    void misconfigured(String why) {
        settings = RetentionSettings.DEFAULT;
        misconfigured = why;
    }

    /** Who judges a cut before it is made; until then it is made unjudged. */
    public void judgedBy(Supplier<Optional<Decisions>> judge) {
        decisions = judge;
    }

    @Override
    public Status status() {
        JournalStore store = journal.store();
        long[] bytes = store.pruner(steps).bytes();
        List<String> archives = new ArrayList<>();
        for (Pruning each : needs.cuts()) {
            each.archives().forEach(file -> archives.add(file.file()));
        }
        return new Status(
                journal.first(),
                journal.size(),
                (int) store.segments().firsts().stream()
                        .filter(first -> !store.segments().isPruned(first))
                        .count(),
                bytes[0],
                bytes[1],
                settings.rule(),
                settings.archive().map(Object::toString).orElse(""),
                needs.list(young()),
                misconfigured.isEmpty() ? problem : misconfigured,
                archives);
    }

    private long nanos() {
        return Math.addExact(
                Math.multiplyExact(clock.instant().getEpochSecond(), 1_000_000_000L),
                clock.instant().getNano());
    }

    /** The first event that is too young to go, whatever asks for it. */
    private Need young() {
        long since = nanos() - settings.least().toNanos();
        return new Need(
                "keep.least.hours",
                journal.firstNotBefore(since),
                "nothing of the last " + settings.least().toHours() + " hours is dropped");
    }

    @Override
    public Plan plan(OptionalLong beforeNanos) {
        return plan(beforeNanos, young());
    }

    private Plan plan(OptionalLong beforeNanos, Need young) {
        Segments segments = journal.store().segments();
        long wanted = beforeNanos.isPresent() ? journal.firstNotBefore(beforeNanos.getAsLong()) : byRule();
        List<Need> held = new ArrayList<>();
        long allowed = wanted;
        for (Need need : needs.list(young)) {
            if (need.sequence() < wanted) {
                held.add(need);
                allowed = Math.min(allowed, need.sequence());
            }
        }
        long first = journal.first();
        long cut = first;
        // Whole segments only, and never the newest one.
        for (long each : segments.firsts()) {
            cut = each <= allowed && each > cut ? each : cut;
        }
        Map<Long, Long> dropped = journal.store().pruner(steps).dropped(cut);
        String rule = beforeNanos.isPresent()
                ? "before " + java.time.Instant.ofEpochSecond(0, beforeNanos.getAsLong())
                : settings.rule();
        return new Plan(
                first,
                cut,
                dropped.values().stream().mapToLong(Long::longValue).sum(),
                dropped.size(),
                cut == first ? 0 : time(first),
                cut == first ? 0 : Bytes.asLong(segments.of(cut).requiredMeta(SegmentFactory.TIME)),
                rule,
                held);
    }

    private long time(long sequence) {
        return journal.store().events(reader -> reader.time(sequence));
    }

    /** Up to where the configured rule drops events. */
    private long byRule() {
        RetentionSettings now = settings;
        Segments segments = journal.store().segments();
        long wanted = journal.first();
        if (now.keepDays() > 0) {
            wanted = Math.max(
                    wanted, journal.firstNotBefore(nanos() - Math.multiplyExact(now.keepDays(), 86_400_000_000_000L)));
        }
        if (now.keepEvents() > 0) {
            wanted = Math.max(wanted, journal.size() - now.keepEvents());
        }
        if (now.keepMebibytes() > 0) {
            long left = now.keepMebibytes() << 20;
            for (long first : segments.firsts().reversed()) {
                left -= segments.isPruned(first) ? 0 : Segment.dataBytes(segments.folderOf(first));
                if (left < 0) {
                    wanted = Math.max(wanted, segments.next(first).orElse(wanted));
                    break;
                }
            }
        }
        return wanted;
    }

    /** Drops what the rule says, if anything; for a schedule. What fails is told once. */
    public void step() {
        if (settings.rule().isEmpty()) {
            problem = "";
            return;
        }
        try {
            Optional<Pruned> pruned = prune(OptionalLong.empty(), "system", "");
            problem = "";
            pruned.ifPresent(it -> LOG.info(
                    "the events before {} were pruned ({}), {} MiB",
                    it.plan().cut(),
                    it.plan().rule(),
                    it.plan().bytes() >> 20));
        } catch (StratoswarmException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.equals(problem)) {
                LOG.warn("the journal was not pruned: {}", message);
                problem = message;
            }
        }
    }

    @Override
    public Optional<Pruned> prune(OptionalLong beforeNanos, String actor, String reason) {
        pruning.lock();
        try {
            Plan plan = plan(beforeNanos, young());
            if (plan.empty()) {
                return Optional.empty();
            }
            Optional<PruneDecision> decision =
                    decisions.get().map(book -> PruneDecision.allowed(book, plan, nanos(), actor, reason));
            try {
                Pruned pruned = cut(plan, actor, decision.map(PruneDecision::sequence));
                decision.ifPresent(it -> it.outcome("the events before " + plan.cut() + " were pruned", true));
                return Optional.of(pruned);
            } catch (RuntimeException e) {
                decision.ifPresent(it -> it.outcome("it failed: " + e.getMessage(), false));
                throw e;
            }
        } finally {
            pruning.unlock();
        }
    }

    private Pruned cut(Plan plan, String actor, Optional<Long> decision) {
        JournalStore store = journal.store();
        Pruner pruner = store.pruner(steps);
        long cut = plan.cut();
        List<Snapshot> snapshots = new ArrayList<>();
        for (String id : projections.folded().keySet()) {
            PastStates.State state = past.stateAt(id, cut);
            snapshots.add(new Snapshot(id, state.version(), cut, blobs.put(state.bytes())));
        }
        List<Pruning.Archived> archives = settings.archive().isEmpty()
                ? List.of()
                : new Archiver(store, journal.id(), settings.archive().get())
                        .write(pruner.dropped(cut).navigableKeySet());
        Leftovers leftovers = new Leftovers(journal, blobs, cut);
        long kept = pruner.prepare(cut, KEPT);
        String root = HexFormat.of().formatHex(store.root(cut));
        Pruning event = new Pruning(
                journal.id().toString(),
                cut,
                plan.first(),
                root,
                kept,
                plan.fromNanos(),
                plan.toNanos(),
                plan.bytes(),
                plan.rule(),
                snapshots,
                archives);
        List<Cause> causes = decision.<List<Cause>>map(it -> List.of(new Cause.OfEvent(journal.id(), it)))
                .orElse(List.of());
        Receipt receipt = append(Append.of(event.draft(actor, causes)));
        pruner.drop(cut);
        projections.exclusively(leftovers::collect);
        return new Pruned(
                receipt.firstSequence(),
                plan,
                root,
                kept,
                archives.stream().map(Pruning.Archived::file).toList());
    }

    @Override
    public void forgetReactor(String id, String actor) {
        needs.forgetReactor(id);
        var unused = append(Append.of(
                EventDraft.json("ReactorForgotten", "core.journal", "reactor/" + id, actor, List.of(), "{}")));
    }

    private Receipt append(Append append) {
        try {
            return journal.append(append).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StratoswarmException failure ? failure : e;
        }
    }

    static List<Need> sorted(List<Need> needs) {
        return needs.stream().sorted(Comparator.comparingLong(Need::sequence)).toList();
    }
}
