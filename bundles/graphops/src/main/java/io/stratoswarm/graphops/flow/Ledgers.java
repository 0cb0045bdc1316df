package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowLedger;
import java.util.ArrayList;
import java.util.List;

/** Adds up the counts of a flow's strands. */
final class Ledgers {
    private Ledgers() {}

    static FlowLedger empty(Wired wired) {
        return new FlowLedger(
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                wired.receivers().stream()
                        .map(it -> new FlowLedger.Receiver(it.agent(), it.channel(), 0, 0, 0, 0, 0))
                        .toList());
    }

    static FlowLedger of(List<Strand> strands, Wired wired, Durables durables) {
        return new FlowLedger(
                sum(strands, Words.READ),
                sum(strands, Words.READ_BYTES),
                sum(strands, Words.TRANSFORMED_IN),
                sum(strands, Words.TRANSFORMED_OUT),
                sum(strands, Words.FILTERED),
                sum(strands, Words.ADDED),
                sum(strands, Words.REFUSED),
                sum(strands, Words.PASSED),
                strands.stream().mapToLong(Strand::waitingBytes).sum(),
                sum(strands, Words.LOST_BYTES),
                wired.durable()
                        ? wired.receivers().stream()
                                .map(it -> durables.ledger(wired.spec(), it))
                                .toList()
                        : receivers(strands, wired));
    }

    private static long sum(List<Strand> strands, int word) {
        long sum = 0;
        for (Strand strand : strands) {
            sum += strand.cells.get(word);
        }
        return sum;
    }

    private static List<FlowLedger.Receiver> receivers(List<Strand> strands, Wired wired) {
        List<FlowLedger.Receiver> all = new ArrayList<>();
        for (Port port : wired.receivers()) {
            long key = Receiver.key(port.agent() + " " + port.channel());
            all.add(receiver(strands, port.agent(), port.channel(), key));
        }
        for (long key : removed(strands, wired)) {
            all.add(receiver(strands, "(removed)", Long.toHexString(key), key));
        }
        return all;
    }

    private static List<Long> removed(List<Strand> strands, Wired wired) {
        List<Long> known = new ArrayList<>(wired.receivers().stream()
                .map(it -> Receiver.key(it.agent() + " " + it.channel()))
                .toList());
        List<Long> removed = new ArrayList<>();
        for (Strand strand : strands) {
            for (int at = Words.OUTLETS; at < strand.cells.size(); at += Words.OUTLET) {
                long key = strand.cells.get(at + Words.KEY);
                if (key != 0 && strand.cells.get(at + Words.ROUTED) > 0 && !known.contains(key)) {
                    known.add(key);
                    removed.add(key);
                }
            }
        }
        return removed;
    }

    private static FlowLedger.Receiver receiver(List<Strand> strands, String agent, String channel, long key) {
        long routed = 0;
        long delivered = 0;
        long bytes = 0;
        long inFlight = 0;
        long dropped = 0;
        for (Strand strand : strands) {
            for (int at = Words.OUTLETS; at < strand.cells.size(); at += Words.OUTLET) {
                if (strand.cells.get(at + Words.KEY) == key) {
                    routed += strand.cells.get(at + Words.ROUTED);
                    delivered += strand.cells.get(at + Words.DELIVERED);
                    bytes += strand.cells.get(at + Words.DELIVERED_BYTES);
                    inFlight += strand.cells.get(at + Words.PLAN_RECORDS);
                    dropped += strand.cells.get(at + Words.DROPPED);
                }
            }
        }
        return new FlowLedger.Receiver(agent, channel, routed, delivered, bytes, inFlight, dropped);
    }
}
