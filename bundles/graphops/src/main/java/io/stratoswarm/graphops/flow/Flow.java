package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.FlowStatus.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A flow that is declared: its strands, one for each replica of its source, and where it is in its life. On its worker's thread. */
final class Flow {
    private static final long SECOND = 1_000_000_000L;
    private static final long LONGEST_PAUSE = 30 * SECOND;

    private final String graph;
    private final Shop shop;
    private final StrandMaker maker;
    private final List<Strand> strands = new ArrayList<>();
    /** Strands that go on while others are opened. */
    private final Map<Port, Strand> staying = new HashMap<>();

    private Wired wired;
    private State state = State.WAITING;
    private String reason = "begins";
    private long retryNanos;
    private long pause = SECOND;
    private FlowLedger lastLedger;
    private @Nullable Account account;
    private @Nullable Wired next;
    private Change how = Change.AT_ONCE;
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

    /** Whether its strands are not those of its sources, so that it has to be started. */
    boolean lacks() {
        return !wired.sources().isEmpty() && (!open() || !staying.isEmpty());
    }

    private Account account() {
        return Objects.requireNonNull(account, "asked before it is open");
    }

    /** Opens what an earlier process or an earlier declaration left, or begins. */
    void start(Map<Port, Source> sources, Map<Port, Receiver> receivers) {
        try {
            Account its = maker.account(wired, state == State.FAILED ? null : account);
            List<Strand> all = maker.open(wired, its, sources, receivers, staying);
            staying.clear();
            strands.clear();
            strands.addAll(all);
            account = its;
            state = State.RUNNING;
            reason = "";
            if (its.get(Account.STARTED) == 0 && its.get(Account.ENDED_FOR) == 0) {
                begin(its);
            } else if (its.get(Account.STARTED) != 0) {
                shop.notices().started(graph, id(), its.get(Account.STARTS));
            }
            Wired wanted = next;
            if (wanted != null) {
                change(wanted, Change.of(wired, wanted, strands));
            } else if (!strands.stream().allMatch(it -> it.fits(wired))) {
                change(wired, Change.SETTLED);
            }
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void begin(Account its) {
        its.set(Account.STARTED, 1);
        its.set(Account.ENDED_FOR, 0);
        its.set(Account.STARTS, its.get(Account.STARTS) + 1);
        its.commit();
        shop.notices().started(graph, id(), its.get(Account.STARTS));
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

    /** Goes on as declared; what cannot be so at once is changed when {@link #settled}. */
    void declare(Wired wanted, Map<String, GraphNow.Agent> agents) {
        if (!open() && next == null || state == State.FAILED) {
            if (!wired.equals(wanted) || next != null) {
                becomes(wanted, agents);
            }
            return;
        }
        if (wanted.equals(next == null ? wired : next)) {
            return;
        }
        if (!open()) {
            next = wanted;
            return;
        }
        change(wanted, Change.of(wired, wanted, strands));
    }

    private void change(Wired wanted, Change change) {
        if (change == Change.IN_PLACE) {
            next = null;
            wired = wanted;
            strands.forEach(this::goOn);
            // Now, and not when one of them is to get something.
            account().names().add(wanted.receivers());
            return;
        }
        next = wanted;
        how = change;
        for (int i = 0; i < strands.size(); i++) {
            boolean goes = goes(i, wanted);
            strands.get(i).pause(goes ? !carriesOn(wanted) : how == Change.SETTLED || wanted.held());
            strands.get(i).hold(goes || wanted.held());
        }
    }

    /** As the flow is declared now. */
    private void goOn(Strand strand) {
        strand.pause(wired.held());
        strand.hold(wired.held());
        strand.route(wired);
    }

    /** Whether the source of a strand goes. */
    private boolean goes(int strand, Wired wanted) {
        return !wanted.sources().contains(wired.sources().get(strand));
    }

    /** Whether all who get something now still will, so that what was taken can be delivered before the sources go. */
    private boolean carriesOn(Wired wanted) {
        return wanted.receivers().containsAll(wired.receivers());
    }

    boolean changing() {
        return next != null;
    }

    /** Whether nothing is half done that the change would not find again. */
    boolean settled() {
        Wired wanted = next;
        if (wanted == null || !open()) {
            return false;
        }
        for (int i = 0; i < strands.size(); i++) {
            Strand strand = strands.get(i);
            boolean goes = goes(i, wanted);
            if (goes && carriesOn(wanted)
                    ? !strand.through()
                    : (goes || how == Change.SETTLED) && !strand.settled(wanted.receivers())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Why it is not at rest: held as it is declared, with nothing that it routed on its way; empty where it is.
     *
     * @param last whether it will go, so that it routes and delivers what it had taken too
     */
    String moving(boolean last) {
        if (next != null || !wired.held()) {
            return "flow " + id() + " to be held";
        }
        if (wired.sources().isEmpty()) {
            return "";
        }
        if (!open()) {
            return "flow " + id() + " to be open";
        }
        if (last) {
            strands.forEach(it -> it.pause(false));
        }
        boolean through = strands.stream().allMatch(it -> last ? it.through() : it.idle())
                && ledger().receivers().stream().allMatch(it -> it.unacknowledged() == 0);
        return through ? "" : "what flow " + id() + " has taken to be delivered";
    }

    /** What is left to deliver of that which agents that have ended gave to it; empty where nothing is. */
    String undelivered(Collection<String> ended, Map<String, GraphNow.Agent> agents) {
        for (int i = 0; i < wired.sources().size(); i++) {
            Port source = wired.sources().get(i);
            if (ended.contains(source.agent()) && (!open() || !strands.get(i).delivered(done(source, agents)))) {
                return "what " + source + " gave to flow " + id() + " to be delivered";
            }
        }
        boolean reaches = wired.receivers().stream().anyMatch(it -> ended.contains(it.agent()));
        return reaches && lacks() ? "flow " + id() + " to be open" : "";
    }

    /** Becomes what it is changing to. */
    void becomes(Map<String, GraphNow.Agent> agents) {
        becomes(Objects.requireNonNull(next), agents);
    }

    private void becomes(Wired wanted, Map<String, GraphNow.Agent> agents) {
        List<Strand> goers = goers(wanted);
        if (open()) {
            ledger();
        }
        for (int i = 0; i < strands.size(); i++) {
            if (!goers.contains(strands.get(i))) {
                staying.put(wired.sources().get(i), strands.get(i));
            }
        }
        goers.forEach(Strand::close);
        strands.removeAll(goers);
        Account its = account;
        if (state == State.ENDED && its != null) {
            // Those that went do not make it begin again.
            List<Port> both = new ArrayList<>(wired.sources());
            both.retainAll(wanted.sources());
            its.set(Account.ENDED_FOR, starts(both, agents));
            its.commit();
        }
        if (its != null && wired.durable()) {
            wired.receivers().stream()
                    .filter(it -> !wanted.durable() || !wanted.receives(it))
                    .forEach(it -> its.takeQueue(it, maker.durables().ledger(wired.spec(), it)));
        }
        wired = wanted;
        next = null;
        state = State.WAITING;
        strands.forEach(this::goOn);
    }

    /** Strands that the change ends; others of the same sources may follow them. */
    List<Strand> goers() {
        return goers(Objects.requireNonNull(next));
    }

    private List<Strand> goers(Wired wanted) {
        List<Strand> goers = new ArrayList<>();
        for (int i = 0; i < strands.size(); i++) {
            if (how != Change.SOURCES || next == null || goes(i, wanted)) {
                goers.add(strands.get(i));
            }
        }
        return goers;
    }

    /** Whether nothing will come to a receiver any more, though the flow goes on. */
    boolean drained(Port receiver) {
        Target target = wired.target(receiver);
        return open()
                && target != null
                && target.draining()
                && target.share() == 0
                && strands.stream().allMatch(it -> it.settled(List.of(receiver)));
    }

    /** Looks where it stands, now that its agents are so far. */
    void look(Map<String, GraphNow.Agent> agents) {
        if (!open()) {
            return;
        }
        Account its = account();
        long starts = starts(wired.sources(), agents);
        if (state == State.ENDED && starts != its.get(Account.ENDED_FOR)) {
            state = State.RUNNING;
            reason = "";
            begin(its);
        }
        if (state != State.ENDED && its.get(Account.STARTED) == 0 && starts == its.get(Account.ENDED_FOR)) {
            state = State.ENDED;
            reason = "its source is done";
        }
        if (state == State.ENDED) {
            return;
        }
        if (its.get(Account.STARTED) == 0) {
            begin(its);
        }
        ending = done(agents);
        for (int i = 0; i < strands.size(); i++) {
            var unused = finish(i, agents);
        }
    }

    /** Whether nothing new comes from its sources. */
    boolean ending() {
        return ending;
    }

    /** Ends the last record of a source that is done; whether there was anything to end. */
    boolean finish(Strand strand, Map<String, GraphNow.Agent> agents) {
        return state != State.ENDED && finish(strands.indexOf(strand), agents);
    }

    private boolean finish(int strand, Map<String, GraphNow.Agent> agents) {
        return done(wired.sources().get(strand), agents) && strands.get(strand).finish();
    }

    /**
     * Tells the starts of these sources from others, of the same agents or not; 0 where none has started. A sum of their numbers would
     * be the same for an agent and the one that follows it.
     */
    private static long starts(List<Port> sources, Map<String, GraphNow.Agent> agents) {
        long sum = 0;
        for (Port source : sources) {
            GraphNow.Agent agent = agents.get(source.agent());
            if (agent != null && agent.incarnation() != 0) {
                sum += Receiver.key(source + " " + agent.incarnation());
            }
        }
        return sum;
    }

    private boolean done(Map<String, GraphNow.Agent> agents) {
        return wired.sources().stream().allMatch(it -> done(it, agents));
    }

    private static boolean done(Port source, Map<String, GraphNow.Agent> agents) {
        GraphNow.Agent agent = agents.get(source.agent());
        return agent != null && agent.done();
    }

    /** Ends if nothing comes and nothing is left; whether it did. */
    boolean ends(Map<String, GraphNow.Agent> agents) {
        if (!open()
                || state == State.ENDED
                || !done(agents)
                || !strands.stream().allMatch(Strand::drained)) {
            return false;
        }
        Account its = account();
        its.set(Account.STARTED, 0);
        its.set(Account.ENDED_FOR, starts(wired.sources(), agents));
        its.commit();
        state = State.ENDED;
        reason = "its source is done";
        shop.notices().ended(graph, id(), its.get(Account.STARTS), reason, ledger());
        return true;
    }

    /** It is no longer declared. */
    void removed(String why) {
        if (open() && account().get(Account.STARTED) != 0) {
            shop.notices().ended(graph, id(), account().get(Account.STARTS), why, ledger());
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
        for (Strand strand : strands) {
            String why = strand.trouble();
            if (!why.isEmpty()) {
                return why;
            }
        }
        return wired.durable() ? maker.durables().trouble(wired, agents) : "";
    }

    FlowLedger ledger() {
        if (open()) {
            lastLedger = maker.ledger(strands, account(), wired);
        }
        return lastLedger;
    }

    void close() {
        if (open()) {
            ledger();
        }
        strands.forEach(Strand::close);
        strands.clear();
        staying.clear();
    }
}
