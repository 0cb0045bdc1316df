package io.stratoswarm.core.journal;

import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.JournalRetention.Need;
import io.stratoswarm.api.journal.LegalHolds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** What needs events of the past, and from which one on. */
final class Needs {
    private final LmdbJournal journal;
    private final JournalProjections projections;
    private final Reactors reactors;
    private final Holds holds;
    private final Supplier<Optional<Decisions>> decisions;

    Needs(
            LmdbJournal journal,
            JournalProjections projections,
            Reactors reactors,
            Holds holds,
            Supplier<Optional<Decisions>> decisions) {
        this.journal = journal;
        this.projections = projections;
        this.reactors = reactors;
        this.holds = holds;
        this.decisions = decisions;
    }

    /** Those that need the oldest first. */
    List<Need> list(Need young) {
        List<Need> needs = new ArrayList<>();
        needs.add(young);
        reactors.positions()
                .forEach((id, next) -> needs.add(new Need(
                        "reactor " + id,
                        next,
                        "it has read up to here; if it is gone for good, 'journal prune --forget-reactor " + id
                                + "' lets go of it")));
        projections
                .folded()
                .forEach((id, folded) -> needs.add(new Need("projection " + id, folded, "it has come so far")));
        for (String id : projections.failed()) {
            needs.add(new Need(
                    "projection " + id, journal.first(), "it failed, and is folded anew once its bundle is updated"));
        }
        for (LegalHolds.Hold hold : holds.list()) {
            OptionalLong held = holds.firstHeld(hold);
            if (held.isPresent()) {
                needs.add(new Need("legal hold " + hold.id(), held.getAsLong(), hold.reason()));
            }
        }
        decisions
                .get()
                .ifPresent(book -> book.pending()
                        .forEach(each -> needs.add(new Need(
                                "decision " + each.id(),
                                each.sequence(),
                                "it waits for an approval, or has not acted yet"))));
        // One that is about this very cut must not hold it back.
        needs.removeIf(need -> need.by().startsWith("decision prune-"));
        return Retention.sorted(needs);
    }

    void forgetReactor(String id) {
        reactors.forget(id);
    }

    /** What was cut so far, oldest first. */
    List<Pruning> cuts() {
        List<Pruning> cuts = new ArrayList<>();
        for (Event event : journal.read(EventQuery.all().type(Pruning.TYPE).limit(EventQuery.MAX_LIMIT))) {
            cuts.add(Pruning.of(event));
        }
        return cuts;
    }
}
