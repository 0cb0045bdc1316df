package io.stratoswarm.healing.heal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does acts beside each other: one at a time for each agent, and so many in all. What is to be decided about an agent while an act on it goes
 * on, or one that changes its graph, waits for its end, in order. All is decided by one thread at a time, so that each decision sees
 * what those before it began.
 */
public final class Hands implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Hands.class);
    private static final int MOST_WAITING = 1_000;
    private static final long FAREWELL_SECONDS = 2;

    private final ExecutorService threads;
    private final int most;
    private final List<Going> acts = new ArrayList<>();
    private final Deque<Turn> waiting = new ArrayDeque<>();
    private volatile boolean closing;

    /** @param graph whether no other agent of its graph is decided about meanwhile */
    private record Going(String agent, boolean graph) {
        boolean holds(String other) {
            return agent.equals(other) || graph && graphOf(agent).equals(graphOf(other));
        }
    }

    private record Turn(String agent, Runnable decision) {}

    /**
     * @param threads that acts run on, one each; they are interrupted when this is closed
     * @param most acts at once
     */
    public Hands(ExecutorService threads, int most) {
        this.threads = threads;
        this.most = most;
    }

    private static String graphOf(String agent) {
        return agent.substring(0, Math.max(0, agent.indexOf('/')));
    }

    /**
     * Decides about an agent: on this thread where it is free, else once it is.
     *
     * @throws StratoswarmException kind FULL where too many wait
     */
    synchronized void decide(String agent, Runnable decision) {
        if (free(agent) && waiting.stream().noneMatch(turn -> turn.agent().equals(agent))) {
            decision.run();
        } else if (waiting.size() >= MOST_WAITING) {
            throw new StratoswarmException(
                    Kind.FULL, waiting.size() + " failures wait for acts that go on; the next one waits as well");
        } else {
            waiting.add(new Turn(agent, decision));
        }
    }

    /** Decides about an agent at the next step. */
    synchronized void later(String agent, Runnable decision) {
        waiting.add(new Turn(agent, decision));
    }

    private boolean free(String agent) {
        return acts.size() < most && acts.stream().noneMatch(act -> act.holds(agent));
    }

    /** Does an act on a thread of its own. For decisions alone, which only come where there is a hand free. */
    synchronized void begin(String agent, boolean graph, Runnable what) {
        Going act = new Going(agent, graph);
        try {
            threads.execute(() -> {
                try {
                    what.run();
                } catch (RuntimeException e) {
                    // A boundary: such as a journal that takes nothing. It stays open there, and the next start sees to
                    // it.
                    LOG.error("an act on {} came to grief", agent, e);
                } finally {
                    ended(act);
                }
            });
            acts.add(act);
        } catch (RejectedExecutionException e) {
            throw new StratoswarmException(Kind.UNAVAILABLE, "healing ends, and begins nothing more", e);
        }
    }

    private synchronized void ended(Going act) {
        acts.remove(act);
        if (!closing) {
            step();
        }
    }

    /** Decides what waited and need not wait any more; what cannot be decided for now is tried again at the next call. */
    synchronized void step() {
        Set<String> passed = new HashSet<>();
        List<Turn> due = new ArrayList<>(waiting);
        for (Iterator<Turn> each = due.iterator(); each.hasNext() && acts.size() < most; ) {
            Turn turn = each.next();
            // One that waits on keeps those after it of the same agent waiting too.
            if (passed.contains(turn.agent()) || !free(turn.agent())) {
                passed.add(turn.agent());
                continue;
            }
            try {
                turn.decision().run();
                waiting.remove(turn);
            } catch (StratoswarmException e) {
                LOG.warn("what is to be done about {} cannot be decided yet: {}", turn.agent(), e.getMessage());
                passed.add(turn.agent());
            } catch (RuntimeException e) {
                // A boundary: one failure that cannot be judged must not keep those after it waiting for ever.
                LOG.error("what is to be done about {} could not be decided", turn.agent(), e);
                waiting.remove(turn);
            }
        }
    }

    /** Whether this ends, so that an act that is interrupted is left to whoever comes next. */
    boolean closing() {
        return closing;
    }

    synchronized int acting() {
        return acts.size();
    }

    @Override
    public void close() {
        closing = true;
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(FAREWELL_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("an act does not heed that healing ends; what became of it is looked at by the next one");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
