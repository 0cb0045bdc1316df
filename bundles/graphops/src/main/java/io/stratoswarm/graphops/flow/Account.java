package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowLedger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is known of a flow beside its strands: how often it began, and the counts of sources and receivers that are gone.
 *
 * <p>Counts go over from a strand's state in three steps, each of which holds by one commit: they are added here, with a mark of
 * where they come from; they are removed there; the mark is removed. A crash in between is found by the mark, and the second step
 * is done again, so nothing is counted twice or lost.
 */
final class Account {
    static final String FILE = "flow.cells";

    /** Whether the flow runs, how often it started, and for which starts of its sources it has ended. */
    static final int STARTED = 0;

    static final int STARTS = 1;
    static final int ENDED_FOR = 2;

    /** 1 where these three were taken over from the first strand, which had them in earlier versions. */
    private static final int MADE = 3;
    /** What counts are being taken over from: the strand, and its receiver, or 0 for all of it. */
    private static final int FROM = 4;

    private static final int FROM_RECEIVER = 5;
    private static final int COUNTS = 8;
    private static final int[] COUNTED = {
        Words.READ,
        Words.READ_BYTES,
        Words.FILTERED,
        Words.REFUSED,
        Words.ADDED,
        Words.TRANSFORMED_IN,
        Words.TRANSFORMED_OUT,
        Words.PASSED,
        Words.LOST_BYTES
    };
    private static final int RECEIVERS = 24;
    private static final int RECEIVER = 8;
    private static final int[] OF_RECEIVER = {
        Words.KEY, Words.ROUTED, Words.DELIVERED, Words.DELIVERED_BYTES, Words.DROPPED
    };
    /** Behind those, of a receiver that had a queue. */
    private static final int REDELIVERED = OF_RECEIVER.length;

    private final Path file;
    private final Names names;
    private Cells cells;

    Account(Path folder) {
        file = folder.resolve(FILE);
        names = new Names(folder.resolve("receivers"));
        cells = Cells.open(file, RECEIVERS, 0);
    }

    Names names() {
        return names;
    }

    long get(int word) {
        return cells.get(word);
    }

    void set(int word, long value) {
        cells.set(word, value);
    }

    void commit() {
        cells.commit();
    }

    /** Takes over what was kept with the first strand. */
    void begin(Cells first) {
        if (cells.get(MADE) == 0) {
            cells.set(MADE, 1);
            cells.set(STARTED, first.get(Words.STARTED));
            cells.set(STARTS, first.get(Words.STARTS));
            cells.set(ENDED_FOR, first.get(Words.ENDED_FOR));
            cells.commit();
        }
    }

    /** How a strand is marked. */
    static long mark(String strand) {
        return Receiver.key(strand);
    }

    /** The strand whose counts were being taken over when the daemon was killed; 0 for none. */
    long from() {
        return cells.get(FROM);
    }

    long fromReceiver() {
        return cells.get(FROM_RECEIVER);
    }

    void taken() {
        cells.set(FROM, 0);
        cells.set(FROM_RECEIVER, 0);
        cells.commit();
    }

    /**
     * Takes all counts of a strand over.
     *
     * @param lost bytes of it that will go nowhere any more
     * @param remove removes the strand; can be done again
     */
    void takeStrand(String strand, Cells from, long lost, Runnable remove) {
        List<Integer> slots = Slots.all(from);
        slots.forEach(at -> placeOf(from.get(at + Words.KEY)));
        slots.forEach(at -> add(from, at));
        for (int i = 0; i < COUNTED.length; i++) {
            cells.add(COUNTS + i, from.get(COUNTED[i]) + (COUNTED[i] == Words.LOST_BYTES ? lost : 0));
        }
        cells.set(FROM, mark(strand));
        cells.commit();
        remove.run();
        taken();
    }

    /** Takes the counts of one receiver over. */
    void takeReceiver(String strand, Cells from, int at) {
        long key = from.get(at + Words.KEY);
        placeOf(key);
        add(from, at);
        cells.set(FROM, mark(strand));
        cells.set(FROM_RECEIVER, key);
        cells.commit();
        Slots.clear(from, at);
        from.commit();
        taken();
    }

    /** Takes the counts of a receiver over that has a queue and goes. Done again after a crash, it counts the same. */
    void takeQueue(Port port, FlowLedger.Receiver counts) {
        names.add(List.of(port));
        int place = placeOf(Receiver.key(port.agent() + " " + port.channel()));
        for (int i = 1; i < OF_RECEIVER.length; i++) {
            cells.set(
                    place + i,
                    switch (OF_RECEIVER[i]) {
                        case Words.ROUTED -> counts.routed();
                        case Words.DELIVERED -> counts.delivered();
                        case Words.DROPPED -> counts.dropped() + counts.inFlight();
                        default -> counts.deliveredBytes();
                    });
        }
        cells.set(place + REDELIVERED, counts.redelivered());
        cells.commit();
    }

    private void add(Cells from, int at) {
        int place = placeOf(from.get(at + Words.KEY));
        for (int i = 1; i < OF_RECEIVER.length; i++) {
            cells.add(place + i, from.get(at + OF_RECEIVER[i]));
        }
    }

    /** Where the counts of a receiver are; a new place is committed at once. */
    private int placeOf(long key) {
        int at = RECEIVERS;
        while (at + RECEIVER <= cells.size() && cells.get(at) != 0) {
            if (cells.get(at) == key) {
                return at;
            }
            at += RECEIVER;
        }
        if (at + RECEIVER > cells.size()) {
            cells = Cells.open(file, at + RECEIVER, 0);
        }
        cells.set(at, key);
        cells.commit();
        return at;
    }

    /** A count of strands that are gone, by its word in their state. */
    long gone(int word) {
        for (int i = 0; i < COUNTED.length; i++) {
            if (COUNTED[i] == word) {
                return cells.get(COUNTS + i);
            }
        }
        return 0;
    }

    /** The same of a receiver. */
    long gone(long key, int word) {
        for (int at = RECEIVERS; at + RECEIVER <= cells.size(); at += RECEIVER) {
            for (int i = 1; i < OF_RECEIVER.length; i++) {
                if (cells.get(at) == key && OF_RECEIVER[i] == word) {
                    return cells.get(at + i);
                }
            }
        }
        return 0;
    }

    /** What was given again to a receiver that had a queue. */
    long redelivered(long key) {
        for (int at = RECEIVERS; at + RECEIVER <= cells.size(); at += RECEIVER) {
            if (cells.get(at) == key) {
                return cells.get(at + REDELIVERED);
            }
        }
        return 0;
    }

    /** Keys of receivers of which something was counted. */
    List<Long> receivers() {
        List<Long> keys = new ArrayList<>();
        for (int at = RECEIVERS; at + RECEIVER <= cells.size(); at += RECEIVER) {
            if (cells.get(at) != 0 && cells.get(at + 1) > 0) {
                keys.add(cells.get(at));
            }
        }
        return keys;
    }
}
