package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus;

/** Flows in the JSON of {@code /api/v1}; see {@link Shapes}. */
final class FlowShapes {
    private FlowShapes() {}

    static ObjectNode flow(FlowStatus flow) {
        ObjectNode node = Json.object()
                .put("id", flow.flow())
                .put("state", Shapes.word(flow.state()))
                .put("reason", flow.reason())
                .put("recordsPerSecond", flow.recordsPerSecond())
                .put("bytesPerSecond", flow.bytesPerSecond())
                .put("lagRecords", flow.lagRecords())
                .put("lagBytes", flow.lagBytes());
        flow.oldestMillis().ifPresent(millis -> node.put("oldestMillis", millis));
        ObjectNode account = ledger(flow.ledger());
        node.set("ledger", account);
        for (int i = 0; i < flow.backpressure().size(); i++) {
            if (account.path("receivers").path(i) instanceof ObjectNode receiver) {
                receiver.put("backpressure", flow.backpressure().get(i));
            }
        }
        return node;
    }

    static ObjectNode ledger(FlowLedger ledger) {
        ObjectNode account = Json.object()
                .put("read", ledger.read())
                .put("readBytes", ledger.readBytes())
                .put("transformedIn", ledger.transformedIn())
                .put("transformedOut", ledger.transformedOut())
                .put("filtered", ledger.filtered())
                .put("added", ledger.added())
                .put("refused", ledger.refused())
                .put("passed", ledger.passed())
                .put("delivered", ledger.delivered())
                .put("deliveredBytes", ledger.deliveredBytes())
                .put("inFlight", ledger.inFlight())
                .put("dropped", ledger.dropped())
                .put("waitingBytes", ledger.waitingBytes())
                .put("lostBytes", ledger.lostBytes())
                .put("balanced", ledger.balanced());
        account.set("receivers", Json.array(ledger.receivers(), FlowShapes::receiver));
        return account;
    }

    private static ObjectNode receiver(FlowLedger.Receiver receiver) {
        return Json.object()
                .put("agent", receiver.agent())
                .put("channel", receiver.channel())
                .put("routed", receiver.routed())
                .put("delivered", receiver.delivered())
                .put("deliveredBytes", receiver.deliveredBytes())
                .put("inFlight", receiver.inFlight())
                .put("dropped", receiver.dropped())
                .put("redelivered", receiver.redelivered())
                .put("unacknowledged", receiver.unacknowledged());
    }
}
