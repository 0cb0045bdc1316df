package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowLedger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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

    static FlowLedger of(List<Strand> strands, Account account, Wired wired, Durables durables) {
        return new FlowLedger(
                sum(strands, account, Words.READ),
                sum(strands, account, Words.READ_BYTES),
                sum(strands, account, Words.TRANSFORMED_IN),
                sum(strands, account, Words.TRANSFORMED_OUT),
                sum(strands, account, Words.FILTERED),
                sum(strands, account, Words.ADDED),
                sum(strands, account, Words.REFUSED),
                sum(strands, account, Words.PASSED),
                strands.stream().mapToLong(Strand::waitingBytes).sum(),
                sum(strands, account, Words.LOST_BYTES),
                wired.durable() ? queues(account, wired, durables) : receivers(strands, account, wired));
    }

    private static long sum(List<Strand> strands, Account account, int word) {
        long sum = account.gone(word);
        for (Strand strand : strands) {
            sum += strand.cells.get(word);
        }
        return sum;
    }

    /** Those that are declared, by their queues, and then those that are gone. */
    private static List<FlowLedger.Receiver> queues(Account account, Wired wired, Durables durables) {
        List<FlowLedger.Receiver> all = new ArrayList<>();
        Set<Long> known = new HashSet<>();
        for (Port port : wired.receivers()) {
            known.add(Receiver.key(port.agent() + " " + port.channel()));
            all.add(durables.ledger(wired.spec(), port));
        }
        for (long key : account.receivers()) {
            if (known.add(key)) {
                all.add(receiver(List.of(), account, account.names().of(key), key));
            }
        }
        return all;
    }

    /** Those that are declared, and then those that are gone. */
    private static List<FlowLedger.Receiver> receivers(List<Strand> strands, Account account, Wired wired) {
        List<FlowLedger.Receiver> all = new ArrayList<>();
        Set<Long> known = new HashSet<>();
        for (Port port : wired.receivers()) {
            long key = Receiver.key(port.agent() + " " + port.channel());
            known.add(key);
            all.add(receiver(strands, account, port, key));
        }
        for (Strand strand : strands) {
            for (int at : Slots.all(strand.cells)) {
                long key = strand.cells.get(at + Words.KEY);
                if (strand.cells.get(at + Words.ROUTED) > 0 && known.add(key)) {
                    all.add(receiver(strands, account, account.names().of(key), key));
                }
            }
        }
        for (long key : account.receivers()) {
            if (known.add(key)) {
                all.add(receiver(strands, account, account.names().of(key), key));
            }
        }
        return all;
    }

    private static FlowLedger.Receiver receiver(List<Strand> strands, Account account, Port port, long key) {
        long routed = account.gone(key, Words.ROUTED);
        long delivered = account.gone(key, Words.DELIVERED);
        long bytes = account.gone(key, Words.DELIVERED_BYTES);
        long dropped = account.gone(key, Words.DROPPED);
        long inFlight = 0;
        for (Strand strand : strands) {
            for (int at : Slots.all(strand.cells)) {
                if (strand.cells.get(at + Words.KEY) == key) {
                    routed += strand.cells.get(at + Words.ROUTED);
                    delivered += strand.cells.get(at + Words.DELIVERED);
                    bytes += strand.cells.get(at + Words.DELIVERED_BYTES);
                    inFlight += strand.cells.get(at + Words.PLAN_RECORDS);
                    dropped += strand.cells.get(at + Words.DROPPED);
                }
            }
        }
        return new FlowLedger.Receiver(
                port.agent(), port.channel(), routed, delivered, bytes, inFlight, dropped, account.redelivered(key), 0);
    }
}
