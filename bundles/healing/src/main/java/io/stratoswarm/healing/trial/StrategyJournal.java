package io.stratoswarm.healing.trial;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.healing.strategy.LearnedFold;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletionException;

/** Writes what becomes of scripts, and reads back how they stand. */
final class StrategyJournal {
    static final String ACTOR = "healing";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Journal journal;
    private final Projections projections;

    StrategyJournal(Journal journal, Projections projections) {
        this.journal = journal;
        this.projections = projections;
    }

    Journal journal() {
        return journal;
    }

    SortedMap<String, Standing> standings() {
        return new StrategyFold().decode(projections.state(StrategyFold.ID));
    }

    /** Once for each case. */
    void advised(long number, ObjectNode payload, Cause classified) {
        durable(Append.of(EventDraft.json(
                        StrategyFold.ADVISED,
                        LearnedFold.SOURCE,
                        "healing/" + number,
                        ACTOR,
                        List.of(classified),
                        payload.toString()))
                .withKey("healing/" + number + "/" + StrategyFold.ADVISED));
    }

    void stage(String script, String label, String hash, Progress.Move move, String actor, List<Cause> causes) {
        ObjectNode payload = JSON.createObjectNode()
                .put("script", script)
                .put("class", label)
                .put("hash", hash)
                .put("stage", move.to().word())
                .put("reason", move.reason());
        ObjectNode figures = payload.putObject("figures");
        move.figures().forEach(figures::put);
        durable(Append.of(EventDraft.json(
                StrategyFold.STAGE, LearnedFold.SOURCE, "strategy/" + script, actor, causes, payload.toString())));
    }

    private void durable(Append append) {
        try {
            journal.append(append).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StratoswarmException known ? known : e;
        }
    }
}
