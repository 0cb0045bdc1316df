package io.stratoswarm.core.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Receipt;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two states and what lies between them. {@code decided} includes events that are not yet durable: the owner decides against
 * it. {@code durable} is what observers see. When an append is durable its events are folded into the second and its effects
 * begin; when it fails, the first is made again of the second and of the appends still under way.
 */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    final AgentsState decided;
    final AgentsState durable;
    /** The durable graphs for readers on other threads, who never see one with a part of an append alone. */
    final Map<String, GraphState> published = new ConcurrentHashMap<>();
    /** Told of each graph of which something became durable. */
    final GraphWatches watches = new GraphWatches();

    /** Held while an append is folded into {@link #durable}, and by who reads several things of it that belong together. */
    private final ReentrantReadWriteLock folding = new ReentrantReadWriteLock();

    private final Journal journal;
    private final InstantSource clock;
    private final LongSupplier monotonic;
    private final Consumer<Runnable> owner;
    private final Versions versions;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private long lastNow;
    private long lastMonotonic;
    private int defects;
    private Runnable afterRefusal = () -> {};

    private static final class Pending {
        final List<EventDraft> drafts;
        final List<Runnable> effects;
        final List<Consumer<Throwable>> failed = new ArrayList<>();
        final Set<String> expects;
        /** What it was decided on was refused, so it will be refused too; this is why. */
        @Nullable
        Throwable doom;

        boolean done;

        @Nullable
        Receipt receipt;

        @Nullable
        Throwable failure;

        Pending(List<EventDraft> drafts, Set<String> expects, List<Runnable> effects, Consumer<Throwable> failed) {
            this.drafts = drafts;
            this.expects = expects;
            this.effects = effects;
            this.failed.add(failed);
        }
    }

    /** @param owner runs an action on the owner's thread, later */
    Ledger(AgentsState loaded, Journal journal, InstantSource clock, LongSupplier monotonic, Consumer<Runnable> owner) {
        this.durable = loaded;
        this.decided = loaded.copy();
        this.published.putAll(loaded.graphs);
        this.journal = journal;
        this.clock = clock;
        this.monotonic = monotonic;
        this.lastMonotonic = monotonic.getAsLong();
        this.owner = owner;
        this.versions = new Versions(journal);
    }

    /**
     * Nanoseconds since 1970 for events; never less than before. Where the clock was set back they go on at their own pace, so that
     * what lies between two events is as long as it was.
     */
    long now() {
        long passed = monotonic.getAsLong();
        lastNow = Math.max(lastNow + Math.max(0, passed - lastMonotonic), wall());
        lastMonotonic = passed;
        return lastNow;
    }

    /** Nanoseconds since 1970 as the clock says, which may be set at any time. */
    long wall() {
        Instant now = clock.instant();
        return now.getEpochSecond() * Texts.SECOND + now.getNano();
    }

    Decision decide(String actor) {
        return new Decision(actor);
    }

    /** Appends that are not yet durable. */
    int underWay() {
        return pending.size();
    }

    /** Drops what an aborted decision left behind. */
    void abandon() {
        decided.become(durable.copy());
        for (Pending p : pending) {
            if (p.doom == null) {
                p.drafts.forEach(draft -> fold(decided, draft, -1));
            }
        }
    }

    private void refused(Pending p, Throwable failure) {
        Throwable why = p.doom == null ? failure : p.doom;
        if (p.doom == null) {
            Set<String> missing = new HashSet<>(Versions.subjects(p.drafts));
            versions.refused(p.drafts);
            for (Pending later : pending) {
                if (later.doom == null && !Collections.disjoint(later.expects, missing)) {
                    later.doom = why;
                    missing.addAll(Versions.subjects(later.drafts));
                    versions.doomed(later.drafts);
                }
            }
        }
        abandon();
        p.failed.forEach(failed -> run(() -> failed.accept(why)));
        run(afterRefusal);
    }

    /** Runs an action on the owner's thread after each refusal, when what had been decided is undone. */
    void afterRefusal(Runnable action) {
        afterRefusal = action;
    }

    private static void fold(AgentsState state, EventDraft draft, long sequence) {
        AgentsFold.apply(state, draft.source(), draft.type(), draft.subject(), sequence, draft.payload());
    }

    private void settled(Pending p, @Nullable Receipt receipt, @Nullable Throwable failure) {
        p.done = true;
        p.receipt = receipt;
        p.failure = failure;
        Set<String> graphs = new HashSet<>();
        for (Pending head = pending.peek(); head != null && head.done; head = pending.peek()) {
            pending.remove();
            if (head.receipt != null) {
                graphs.addAll(durable(head, head.receipt));
                head.effects.forEach(this::run);
            } else {
                refused(head, head.failure == null ? new IllegalStateException("no receipt") : head.failure);
            }
        }
        // Not before the effects: who is told may take the processor that a restart waits for.
        graphs.forEach(watches::changed);
    }

    /** One effect that breaks must not take those of others with it. */
    private void run(Runnable effect) {
        try {
            effect.run();
        } catch (RuntimeException e) {
            defect("An effect of a decision failed", e);
        }
    }

    /** A boundary: one failed action must not end the supervision of all agents. */
    void defect(String what, RuntimeException e) {
        defects++;
        // What was decided half is dropped; the journal never saw it.
        abandon();
        LOG.error("{}; the supervisor goes on. This is a defect, please report it", what, e);
    }

    /** Actions that failed, for tests. */
    int defects() {
        return defects;
    }

    /** Reads the durable state on any thread, as it is between two appends. */
    <T> T read(Function<AgentsState, T> what) {
        folding.readLock().lock();
        try {
            return what.apply(durable);
        } finally {
            folding.readLock().unlock();
        }
    }

    /** @return names of the graphs that became different */
    private Set<String> durable(Pending p, Receipt receipt) {
        Set<String> graphs;
        folding.writeLock().lock();
        try {
            graphs = folded(p, receipt);
        } finally {
            folding.writeLock().unlock();
        }
        graphs.forEach(this::publish);
        return graphs;
    }

    /** @return names of the graphs that they are about */
    private Set<String> folded(Pending p, Receipt receipt) {
        Set<String> graphs = new HashSet<>();
        for (int i = 0; i < p.drafts.size(); i++) {
            EventDraft draft = p.drafts.get(i);
            graphs.add(Versions.graph(draft.subject()));
            long sequence = receipt.firstSequence() + i;
            fold(durable, draft, sequence);
            if (draft.subject().startsWith(Events.AGENT)) {
                AgentState agent = decided.agent(draft.subject().substring(Events.AGENT.length()));
                if (agent != null && agent.sequence < sequence) {
                    number(agent, sequence);
                }
            } else if (draft.type().equals(Events.NODE_DECLARED) || draft.type().equals(Events.NODE_MEMBERS_CHANGED)) {
                // Agents that this event created have no sequence yet.
                durable.agents.values().stream()
                        .filter(agent -> agent.sequence == sequence)
                        .map(agent -> decided.agent(agent.id))
                        .filter(agent -> agent != null && agent.sequence < sequence)
                        .forEach(agent -> number(agent, sequence));
            }
        }
        graphs.remove("");
        return graphs;
    }

    private void publish(String name) {
        GraphState graph = durable.graphs.get(name);
        if (graph == null) {
            published.remove(name);
        } else {
            published.put(name, graph);
        }
    }

    private void number(AgentState agent, long sequence) {
        AgentState numbered = agent.copy();
        numbered.sequence = sequence;
        decided.put(numbered);
    }

    /** Events that become durable together, and what follows. Each event is folded into {@code decided} when it is added. */
    final class Decision {
        private final String actor;
        private final List<EventDraft> drafts = new ArrayList<>();
        private final List<Runnable> effects = new ArrayList<>();
        private final Map<String, Integer> lastOfSubject = new HashMap<>();

        private Decision(String actor) {
            this.actor = actor;
        }

        /** Fields of an event, with its time. */
        ObjectNode at() {
            return Json.object().put("at", now());
        }

        boolean isEmpty() {
            return drafts.isEmpty();
        }

        /** An event about an agent, caused by the event before it about the same agent, and by these. */
        void agent(String type, String id, ObjectNode fields, Cause... more) {
            String subject = Events.AGENT + id;
            List<Cause> causes = new ArrayList<>(List.of(more));
            Integer earlier = lastOfSubject.get(subject);
            AgentState agent = decided.agent(id);
            if (earlier != null) {
                causes.add(0, new Cause.InSameAppend(earlier));
            } else if (agent != null && agent.sequence >= 0) {
                causes.add(0, new Cause.OfEvent(journal.id(), agent.sequence));
            }
            add(type, subject, fields, causes);
        }

        /** Returns its index, for {@link Cause.InSameAppend}. */
        int add(String type, String subject, ObjectNode fields, List<Cause> causes) {
            EventDraft draft = EventDraft.json(
                    type,
                    Events.SOURCE,
                    subject,
                    actor,
                    causes.stream().distinct().toList(),
                    Json.text(fields));
            fold(decided, draft, -1);
            drafts.add(draft);
            lastOfSubject.put(subject, drafts.size() - 1);
            return drafts.size() - 1;
        }

        /** Whether an event here is about this agent. */
        boolean tellsOf(AgentState agent) {
            return lastOfSubject.containsKey(Events.AGENT + agent.id);
        }

        /** The last event about an agent, decided here or durable, as a cause of another's event. */
        List<Cause> lastOf(AgentState agent) {
            Integer here = lastOfSubject.get(Events.AGENT + agent.id);
            if (here != null) {
                return List.of(new Cause.InSameAppend(here));
            }
            return agent.sequence < 0 ? List.of() : List.of(new Cause.OfEvent(journal.id(), agent.sequence));
        }

        /** Runs on the owner's thread once the events are durable. */
        void then(Runnable effect) {
            effects.add(effect);
        }

        /** Appends; {@code failed} runs on the owner's thread where nothing was written. */
        void commit(Consumer<Throwable> failed) {
            if (drafts.isEmpty()) {
                // Nothing new is claimed, but what it relies on may still be under way.
                Pending last = pending.peekLast();
                if (last == null) {
                    effects.forEach(Runnable::run);
                } else {
                    last.effects.addAll(effects);
                    last.failed.add(failed);
                }
                return;
            }
            Map<String, Long> expected = versions.expected(drafts);
            Pending p = new Pending(drafts, expected.keySet(), effects, failed);
            pending.add(p);
            versions.underWay(drafts);
            CompletableFuture<Receipt> appended;
            try {
                appended = journal.append(new Append(drafts, expected, Optional.empty()));
            } catch (RuntimeException e) {
                appended = CompletableFuture.failedFuture(e);
            }
            var unused = appended.whenComplete((receipt, e) -> owner.accept(() -> settled(p, receipt, e)));
        }
    }
}
