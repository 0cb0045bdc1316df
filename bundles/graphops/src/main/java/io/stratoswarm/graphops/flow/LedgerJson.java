package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowLedger;

/** A ledger as it is in events. */
final class LedgerJson {
    private LedgerJson() {}

    static StringBuilder write(StringBuilder to, FlowLedger ledger) {
        to.append("{\"read\":").append(ledger.read());
        to.append(",\"readBytes\":").append(ledger.readBytes());
        to.append(",\"transformedIn\":").append(ledger.transformedIn());
        to.append(",\"transformedOut\":").append(ledger.transformedOut());
        to.append(",\"filtered\":").append(ledger.filtered());
        to.append(",\"added\":").append(ledger.added());
        to.append(",\"refused\":").append(ledger.refused());
        to.append(",\"passed\":").append(ledger.passed());
        to.append(",\"waitingBytes\":").append(ledger.waitingBytes());
        to.append(",\"lostBytes\":").append(ledger.lostBytes());
        to.append(",\"receivers\":[");
        String between = "";
        for (FlowLedger.Receiver receiver : ledger.receivers()) {
            Json.text(to.append(between).append("{\"agent\":"), receiver.agent());
            Json.text(to.append(",\"channel\":"), receiver.channel());
            to.append(",\"routed\":").append(receiver.routed());
            to.append(",\"delivered\":").append(receiver.delivered());
            to.append(",\"deliveredBytes\":").append(receiver.deliveredBytes());
            to.append(",\"inFlight\":").append(receiver.inFlight());
            to.append(",\"dropped\":").append(receiver.dropped());
            to.append(",\"redelivered\":").append(receiver.redelivered());
            to.append(",\"unacknowledged\":").append(receiver.unacknowledged()).append('}');
            between = ",";
        }
        return to.append("]}");
    }
}
