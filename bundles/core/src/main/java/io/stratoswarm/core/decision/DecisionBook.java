package io.stratoswarm.core.decision;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.DecisionGate.Finding;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionOutcome;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.journal.Receipt;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of decisions, on the journal. */
public final class DecisionBook implements Decisions {
    private static final Logger LOG = LoggerFactory.getLogger(DecisionBook.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_SECONDS = 10;

    private final Journal journal;
    private final Projections projections;
    private final Supplier<Optional<Agents>> agents;
    private final Supplier<List<DecisionGate>> gates;
    private final InstantSource clock;
    private final Approvals fold = new Approvals();

    /** @param projections must hold an {@link #projection} */
    public DecisionBook(
            Journal journal,
            Projections projections,
            Supplier<Optional<Agents>> agents,
            Supplier<List<DecisionGate>> gates,
            InstantSource clock) {
        this.journal = journal;
        this.projections = projections;
        this.agents = agents;
        this.gates = gates;
        this.clock = clock;
    }

    /** The fold that approvals are kept in. */
    public static io.stratoswarm.api.journal.Projection<?> projection() {
        return new Approvals();
    }

    @Override
    public Made decide(DecisionRecorded decision, DecisionOrigin origin) {
        Map<String, String> context = new TreeMap<>(decision.systemContext());
        context.putAll(context());
        DecisionRecorded known = with(decision, context);
        Judgement judgement = Judgement.of(findings(known, origin));
        context.put(CONTEXT_RULING, judgement.json());
        Receipt receipt = append(
                DecisionRecorded.TYPE,
                origin,
                JSON.valueToTree(with(decision, context)).toString(),
                decision.id());
        Made made;
        if (receipt.repeated()) {
            // What was decided first counts, and what was said to it then, whatever the rules say today.
            Event first = journal.get(receipt.firstSequence()).orElseThrow();
            judgement = Judgement.of(Approvals.json(first.payload()));
            made = made(decision.id(), receipt, approved(decision.id(), judgement), judgement);
        } else {
            made = made(decision.id(), receipt, judgement.ruling(), judgement);
        }
        if (made.ruling() == Ruling.DENY) {
            outcome(made, origin, "denied: " + made.why(), false);
        }
        return made;
    }

    @Override
    public Ruling judge(DecisionRecorded decision, DecisionOrigin origin) {
        Map<String, String> context = new TreeMap<>(decision.systemContext());
        context.putAll(context());
        return Judgement.of(findings(with(decision, context), origin)).ruling();
    }

    private Ruling approved(String id, Judgement judgement) {
        if (judgement.ruling() != Ruling.APPROVE) {
            return judgement.ruling();
        }
        return pending().stream().anyMatch(each -> each.id().equals(id) && each.approved())
                ? Ruling.ALLOW
                : Ruling.APPROVE;
    }

    private static Made made(String id, Receipt receipt, Ruling ruling, Judgement judgement) {
        return new Made(id, receipt.firstSequence(), receipt.repeated(), ruling, judgement.reasons());
    }

    private static DecisionRecorded with(DecisionRecorded decision, Map<String, String> context) {
        return new DecisionRecorded(
                decision.id(),
                decision.agent(),
                decision.decisionType(),
                decision.inputs(),
                decision.alternatives(),
                decision.reasoning(),
                decision.confidence(),
                context);
    }

    private List<Finding> findings(DecisionRecorded decision, DecisionOrigin origin) {
        List<Finding> found = new ArrayList<>();
        for (DecisionGate gate : gates.get()) {
            try {
                found.addAll(gate.judge(decision, origin));
            } catch (RuntimeException e) {
                // A boundary: what cannot be judged must not act, or a broken rule would be the way around all rules.
                LOG.error("decision {} could not be judged by {}: {}", decision.id(), gate, e.getMessage(), e);
                found.add(new Finding("gate", Ruling.DENY, "it could not be judged: " + e.getMessage()));
            }
        }
        return found;
    }

    /** The state at this moment: what the journal holds, by its root, and key figures of the agents. */
    private Map<String, String> context() {
        Checkpoint checkpoint = journal.checkpoint();
        Map<String, Integer> phases = new TreeMap<>();
        agents.get()
                .ifPresent(all -> all.list()
                        .forEach(
                                agent -> phases.merge(agent.phase().name().toLowerCase(Locale.ROOT), 1, Integer::sum)));
        return Map.of(
                CONTEXT_JOURNAL,
                JSON.createObjectNode()
                        .put("size", checkpoint.size())
                        .put("root", checkpoint.rootHash())
                        .toString(),
                CONTEXT_AGENTS,
                JSON.valueToTree(phases).toString());
    }

    @Override
    public void outcome(Made made, DecisionOrigin origin, String outcome, boolean success) {
        close(made.id(), made.sequence(), origin.source(), origin.subject(), origin.actor(), outcome, success);
    }

    private void close(
            String id, long sequence, String source, String subject, String actor, String outcome, boolean success) {
        DecisionOrigin closing =
                new DecisionOrigin(source, subject, actor, List.of(new Cause.OfEvent(journal.id(), sequence)));
        var unused = append(
                DecisionOutcome.TYPE,
                closing,
                JSON.valueToTree(new DecisionOutcome(id, outcome, success)).toString(),
                id + "/outcome");
    }

    @Override
    public synchronized List<Pending> pending() {
        long now = nanos();
        Map<String, Approvals.Waiting> state = fold.decode(projections.state(Approvals.ID));
        state.forEach((id, waiting) -> {
            if (waiting.expiresNanos() <= now) {
                close(
                        id,
                        waiting.sequence(),
                        waiting.source(),
                        waiting.subject(),
                        "system",
                        waiting.approvedBy().isEmpty()
                                ? "expired: nobody approved it in time"
                                : "expired: it was approved and did not act in time",
                        false);
            }
        });
        state.values().removeIf(waiting -> waiting.expiresNanos() <= now);
        return Approvals.pending(state);
    }

    @Override
    public synchronized Pending approve(String id, String actor, String reason) {
        Pending waiting = waiting(id);
        if (person(waiting.actor()).equals(person(actor))) {
            throw new StratoswarmException(
                    Kind.FORBIDDEN,
                    "decision " + id + " was made by " + waiting.actor()
                            + " and must be approved by somebody else (four eyes); " + actor + " is the same");
        }
        tell(APPROVED, id, actor, reason, "approved");
        return new Pending(
                id,
                waiting.sequence(),
                waiting.agent(),
                waiting.decisionType(),
                waiting.actor(),
                waiting.reasoning(),
                waiting.reasons(),
                waiting.decidedNanos(),
                waiting.expiresNanos(),
                actor);
    }

    @Override
    public synchronized Pending reject(String id, String actor, String reason) {
        Pending waiting = waiting(id);
        tell(REJECTED, id, actor, reason, "rejected");
        Approvals.Waiting all = fold.decode(projections.state(Approvals.ID)).get(id);
        if (all != null) {
            String outcome = "rejected by " + actor + (reason.isBlank() ? "" : ": " + reason);
            close(id, all.sequence(), all.source(), all.subject(), actor, outcome, false);
        }
        return waiting;
    }

    private Pending waiting(String id) {
        Pending found = pending().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND,
                        "no decision '" + id
                                + "' waits for an approval; 'stratoswarm audit approvals' lists those that do"));
        if (found.approved()) {
            throw new StratoswarmException(
                    Kind.CONFLICT, "decision " + id + " was approved by " + found.approvedBy() + " already");
        }
        return found;
    }

    /** The same person by another way in is the same person. */
    private static String person(String actor) {
        int at = actor.lastIndexOf('@');
        return at < 0 ? actor : actor.substring(0, at);
    }

    private void tell(String type, String id, String actor, String reason, String what) {
        Approvals.Waiting waiting = fold.decode(projections.state(Approvals.ID)).get(id);
        if (waiting == null) {
            throw new StratoswarmException(Kind.CONFLICT, "decision " + id + " does not wait any more");
        }
        DecisionOrigin origin = new DecisionOrigin(
                waiting.source(),
                waiting.subject(),
                actor,
                List.of(new Cause.OfEvent(journal.id(), waiting.sequence())));
        ObjectNode payload = JSON.createObjectNode().put("decision", id);
        if (!reason.isBlank()) {
            payload.put("reason", reason);
        }
        var unused = append(type, origin, payload.toString(), id + "/" + what);
    }

    private Receipt append(String type, DecisionOrigin origin, String payload, String key) {
        EventDraft draft =
                EventDraft.json(type, origin.source(), origin.subject(), origin.actor(), origin.causes(), payload);
        try {
            return journal.append(Append.of(draft).withKey(key)).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StratoswarmException known) {
                throw known;
            }
            throw new StratoswarmException(Kind.SYSTEM, "the journal did not take " + type + ": " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new StratoswarmException(
                    Kind.TIMEOUT, "the journal did not take " + type + " within " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "interrupted before " + type + " was durable", e);
        }
    }

    private long nanos() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
