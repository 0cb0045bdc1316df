package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import java.util.List;

/** What the journal is told of flows: when each begins and ends, and now and then all counts of a graph. Nothing for records. */
final class FlowEvents {
    private static final String SOURCE = "graphops.flow";
    private static final String ACTOR = "system";

    private final Journal journal;

    FlowEvents(Journal journal) {
        this.journal = journal;
    }

    void started(String graph, String flow, long count) {
        StringBuilder json = new StringBuilder("{\"graph\":");
        Json.text(Json.text(json, graph).append(",\"flow\":"), flow);
        append(
                "FlowStarted",
                graph,
                flow,
                count,
                json.append(",\"count\":").append(count).append('}'));
    }

    void ended(String graph, String flow, long count, String reason, FlowLedger ledger) {
        StringBuilder json = new StringBuilder("{\"graph\":");
        Json.text(Json.text(json, graph).append(",\"flow\":"), flow);
        Json.text(json.append(",\"count\":").append(count).append(",\"reason\":"), reason);
        append(
                "FlowEnded",
                graph,
                flow,
                count,
                LedgerJson.write(json.append(",\"ledger\":"), ledger).append('}'));
    }

    /** The key makes the same start or end that is told again, after a crash, no second event. */
    private void append(String type, String graph, String flow, long count, StringBuilder json) {
        EventDraft draft =
                EventDraft.json(type, SOURCE, "flow/" + graph + "/" + flow, ACTOR, List.of(), json.toString());
        journal.append(Append.of(draft).withKey(type + " " + graph + " " + flow + " " + count))
                .join();
    }

    void ledgers(String graph, List<FlowStatus> flows) {
        StringBuilder json = new StringBuilder("{\"graph\":");
        Json.text(json, graph).append(",\"flows\":[");
        String between = "";
        for (FlowStatus flow : flows) {
            Json.text(json.append(between).append("{\"flow\":"), flow.flow());
            LedgerJson.write(json.append(",\"ledger\":"), flow.ledger()).append('}');
            between = ",";
        }
        json.append("]}");
        journal.append(Append.of(EventDraft.json(
                        "FlowLedgersRecorded", SOURCE, "flows/" + graph, ACTOR, List.of(), json.toString())))
                .join();
    }
}
