package io.stratoswarm.graphops.transform;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.graph.Transforms.State;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the journal is told of transforms: the begin, each stage that is reached, and the end with the ledgers of all touched flows. */
final class TransformEvents {
    private static final String SOURCE = "graphops.transform";
    private static final int MOST_BYTES = 60_000;

    private final Journal journal;
    private final ObjectMapper mapper;

    TransformEvents(Journal journal, ObjectMapper mapper) {
        this.journal = journal;
        this.mapper = mapper;
    }

    void started(Kept kept) {
        ObjectNode json = fields(kept);
        json.put("kind", kept.kind()).put("generation", kept.generation());
        kept.arguments().forEach(json.putObject("arguments")::put);
        list(json, "stages", kept.stages());
        json.put("commit", kept.commit());
        list(json, "starts", kept.starts());
        list(json, "drains", kept.drains());
        append("TransformStarted", kept, kept.actor(), json, "");
    }

    void reached(Kept kept, String stage) {
        ObjectNode json = fields(kept);
        json.put("stage", stage).put("committed", kept.state() == State.RUNNING && kept.stage() >= kept.commit());
        append("TransformStageReached", kept, "system", json, kept.state() + " " + stage);
    }

    void cancelled(Kept kept) {
        append("TransformCancelRequested", kept, kept.cancel(), fields(kept), "cancel");
    }

    void ended(Kept kept) {
        ObjectNode json = fields(kept);
        json.put("outcome", kept.state().name().toLowerCase(Locale.ROOT)).put("reason", kept.reason());
        list(json, "notes", kept.notes());
        ArrayNode flows = json.putArray("flows");
        TreeSet<String> ids = new TreeSet<>(kept.before().keySet());
        ids.addAll(kept.after().keySet());
        for (String id : ids) {
            ObjectNode flow = flows.addObject().put("flow", id);
            ledger(flow, "before", kept.before().get(id));
            ledger(flow, "after", kept.after().get(id));
            if (json.toString().length() > MOST_BYTES) {
                flows.remove(flows.size() - 1);
                json.put("more", ids.size() - flows.size());
                break;
            }
        }
        append("TransformEnded", kept, "system", json, "end");
    }

    private void ledger(ObjectNode flow, String name, @Nullable FlowLedger ledger) {
        if (ledger != null) {
            flow.set(name, mapper.valueToTree(ledger));
        }
    }

    private ObjectNode fields(Kept kept) {
        return mapper.createObjectNode().put("number", kept.number()).put("graph", kept.graph());
    }

    private static void list(ObjectNode json, String name, List<String> texts) {
        ArrayNode array = json.putArray(name);
        texts.forEach(array::add);
    }

    /** The key makes the same step that is told again, after a crash, no second event. */
    private void append(String type, Kept kept, String actor, ObjectNode json, String step) {
        EventDraft draft = EventDraft.json(
                type, SOURCE, "transform/" + kept.graph() + "/" + kept.number(), actor, List.of(), json.toString());
        journal.append(Append.of(draft).withKey(type + " " + kept.number() + " " + step))
                .join();
    }
}
