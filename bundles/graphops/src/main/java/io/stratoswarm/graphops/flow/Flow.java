package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A flow that is declared: its strands, one for each replica of its source, and where it is in its life. On its worker's thread. */
final class Flow {
    private static final long SECOND = 1_000_000_000L;
    private static final long LONGEST_PAUSE = 30 * SECOND;

    private final String graph;
    private final Shop shop;
    private final StrandMaker maker;
    private final List<Strand> strands = new ArrayList<>();
    private Wired wired;
    private State state = State.WAITING;
    private String reason = "begins";
    private long retryNanos;
    private long pause = SECOND;
    private FlowLedger lastLedger;
    private boolean changing;
    private boolean ending;

    Flow(String graph, Wired wired, Shop shop, StrandMaker maker) {
        this.graph = graph;
        this.wired = wired;
        this.shop = shop;
        this.maker = maker;
        this.lastLedger = Ledgers.empty(wired);
    }

    String id() {
        return wired.spec().id();
    }

    Wired wired() {
        return wired;
    }

    State state() {
        return state;
    }

    String reason() {
        return reason;
    }

    List<Strand> strands() {
        return strands;
    }

    boolean open() {
        return !strands.isEmpty();
    }

    /** Opens what an earlier process or an earlier declaration left, or begins. */
    void start(Map<Port, Source> sources, Map<Port, Receiver> receivers) {
        try {
            maker.open(wired, sources, receivers, strands);
            state = State.RUNNING;
            reason = "";
            Cells first = strands.getFirst().cells;
            if (first.get(Words.STARTED) == 0 && first.get(Words.ENDED_FOR) == 0) {
                begin(first);
            } else if (first.get(Words.STARTED) != 0) {
                shop.notices().started(graph, id(), first.get(Words.STARTS));
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void begin(Cells first) {
        first.set(Words.STARTED, 1);
        first.set(Words.ENDED_FOR, 0);
        first.add(Words.STARTS, 1);
        first.commit();
        shop.notices().started(graph, id(), first.get(Words.STARTS));
    }

    /** Stops by an error, and is tried again after a pause that grows. */
    void fail(RuntimeException e) {
        close();
        state = State.FAILED;
        reason = e.getMessage() == null ? e.toString() : e.getMessage();
        retryNanos = shop.monotonic().getAsLong() + pause;
        pause = Math.min(LONGEST_PAUSE, 2 * pause);
    }

    /** Whether it is time to try again. */
    boolean retries() {
        return state == State.FAILED && shop.monotonic().getAsLong() - retryNanos >= 0;
    }

    /** It has done something, so that the next failure is a new one. */
    void well() {
        pause = SECOND;
    }

    /** Makes it end what it has begun, so that it can go on as another declaration says. */
    void change() {
        changing = true;
        strands.forEach(it -> it.pause(true));
    }

    boolean changing() {
        return changing;
    }

    /** Whether nothing is half done, for receivers that there will still be. */
    boolean settled(Wired next) {
        return strands.stream().allMatch(it -> it.settled(next.receivers()));
    }

    void becomes(Wired next) {
        close();
        wired = next;
        changing = false;
        state = State.WAITING;
    }

    /** Looks where it stands, now that its agents are so far. */
    void look(Map<String, GraphNow.Agent> agents) {
        if (!open()) {
            return;
        }
        Cells first = strands.getFirst().cells;
        long starts = starts(agents);
        if (state == State.ENDED && starts != first.get(Words.ENDED_FOR)) {
            state = State.RUNNING;
            reason = "";
            begin(first);
        }
        if (state != State.ENDED && first.get(Words.STARTED) == 0 && starts == first.get(Words.ENDED_FOR)) {
            state = State.ENDED;
            reason = "its source is done";
        }
        if (state == State.ENDED) {
            return;
        }
        if (first.get(Words.STARTED) == 0) {
            begin(first);
        }
        ending = done(agents);
        if (ending) {
            strands.forEach(Strand::finish);
        }
    }

    /** Whether nothing new comes from its sources. */
    boolean ending() {
        return ending;
    }

    private long starts(Map<String, GraphNow.Agent> agents) {
        long sum = 0;
        for (Port source : wired.sources()) {
            GraphNow.Agent agent = agents.get(source.agent());
            sum += agent == null ? 0 : agent.incarnation();
        }
        return sum;
    }

    private boolean done(Map<String, GraphNow.Agent> agents) {
        return wired.sources().stream().allMatch(it -> {
            GraphNow.Agent agent = agents.get(it.agent());
            return agent != null && agent.done();
        });
    }

    /** Ends if nothing comes and nothing is left; whether it did. */
    boolean ends(Map<String, GraphNow.Agent> agents) {
        if (!open()
                || state == State.ENDED
                || !done(agents)
                || !strands.stream().allMatch(Strand::drained)) {
            return false;
        }
        Cells first = strands.getFirst().cells;
        first.set(Words.STARTED, 0);
        first.set(Words.ENDED_FOR, starts(agents));
        first.commit();
        state = State.ENDED;
        reason = "its source is done";
        shop.notices().ended(graph, id(), first.get(Words.STARTS), reason, ledger());
        return true;
    }

    /** It is no longer declared. */
    void removed(String why) {
        if (open() && strands.getFirst().cells.get(Words.STARTED) != 0) {
            shop.notices().ended(graph, id(), strands.getFirst().cells.get(Words.STARTS), why, ledger());
        }
        close();
    }

    /** Says what it waits for, if it does. */
    void explain(Map<String, GraphNow.Agent> agents) {
        if (state == State.RUNNING || state == State.WAITING) {
            reason = Reasons.of(this, agents);
            state = reason.isEmpty() || reason.startsWith(Reasons.BUSY) ? State.RUNNING : State.WAITING;
        }
    }

    /** Why its receivers get nothing, or its queues take nothing; empty where all is well or there are none. */
    String trouble(Map<String, GraphNow.Agent> agents) {
        if (!wired.durable()) {
            return "";
        }
        for (Strand strand : strands) {
            String why = strand.trouble();
            if (!why.isEmpty()) {
                return why;
            }
        }
        return maker.durables().trouble(wired, agents);
    }

    FlowLedger ledger() {
        if (open()) {
            lastLedger = maker.ledger(strands, wired);
        }
        return lastLedger;
    }

    void close() {
        if (open()) {
            ledger();
        }
        strands.forEach(Strand::close);
        strands.clear();
    }
}
