package io.stratoswarm.core.script.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionOutcome;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.core.script.JsonNodes;
import io.stratoswarm.core.script.ScriptLedger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what a reaction asks for, each action between two events: the decision, which is durable before anything happens, and its
 * outcome. A decision that a crash left without an outcome is finished by the next daemon: where the journal shows that the
 * command was taken it is not given again.
 */
final class Actions {
    static final String NOTED = "ScriptNoted";
    static final String LIMITED = "ScriptLimited";

    private static final Logger LOG = LoggerFactory.getLogger(Actions.class);
    private static final long PATIENCE_MILLIS = 60_000;
    private static final int MAX_INPUT = 16_384;
    /** Decisions that are looked through for ones without an outcome. */
    private static final int LOOK_BACK = 500;
    /** What was decided long ago may no longer be wanted. */
    private static final long STALE_NANOS = 15 * 60 * 1_000_000_000L;

    private final KindParts parts;
    private final String script;
    private final String actor;
    private final Waits waits;
    private final Deque<Long> done = new ArrayDeque<>();
    private long limitedUntil = Long.MIN_VALUE;

    Actions(KindParts parts, String script, Waits waits) {
        this.parts = parts;
        this.script = script;
        this.actor = "script:" + script;
        this.waits = waits;
    }

    /**
     * @param key what tells this call from all others, also after a crash
     * @return whether all was done or refused; false where this was closed half-way, so that it has to come again
     */
    boolean apply(
            LoadedScript version,
            ReactionSettings settings,
            String key,
            List<Cause> causes,
            String input,
            String output) {
        JsonNode actions = JsonNodes.known(output).path("actions");
        for (int i = 0; i < actions.size(); i++) {
            if (waits.isClosed()) {
                return false;
            }
            String id = key + "/" + i;
            if (!allowed(version, settings, actions.size() - i, causes)) {
                return true;
            }
            JsonNode action = actions.path(i);
            if (action.path("action").asText().equals("note")) {
                note(version, id, causes, action);
            } else if (!decide(version, id, causes, action, input)) {
                return false;
            }
        }
        return true;
    }

    /** At most so many actions within a time; a script that acts on its own effects is stopped by it, and in the end put away. */
    private boolean allowed(LoadedScript version, ReactionSettings settings, int left, List<Cause> causes) {
        long now = parts.nanos();
        long since = now - settings.perMillis() * 1_000_000L;
        while (!done.isEmpty() && done.getFirst() <= since) {
            done.removeFirst();
        }
        if (done.size() < settings.actions()) {
            done.addLast(now);
            return true;
        }
        if (now >= limitedUntil) {
            limitedUntil = now + settings.perMillis() * 1_000_000L;
            String why = "it may do " + settings.actions() + " actions within " + settings.perMillis() / 1_000
                    + " s (rate), and asks for more; " + left + " of this call, and further ones, are not done";
            LOG.warn("script {}: {}", script, why);
            parts.ledger()
                    .append(
                            LIMITED,
                            script,
                            ScriptLedger.SYSTEM,
                            causes,
                            Shapes.object()
                                    .put("script", script)
                                    .put("sha256", version.hash())
                                    .put("reason", why));
            version.misbehaved(why);
        }
        return false;
    }

    private void note(LoadedScript version, String id, List<Cause> causes, JsonNode action) {
        ObjectNode payload = Shapes.object().put("script", script).put("sha256", version.hash());
        if (action.has("agent")) {
            payload.put("agent", action.path("agent").asText());
        }
        payload.put("note", action.path("reason").asText());
        parts.ledger().append(Append.of(draft(NOTED, causes, payload)).withKey(id), NOTED);
    }

    private EventDraft draft(String type, List<Cause> causes, JsonNode payload) {
        return EventDraft.json(
                type, ScriptLedger.SOURCE, ScriptLedger.subject(script), actor, causes, JsonNodes.write(payload));
    }

    private boolean decide(LoadedScript version, String id, List<Cause> causes, JsonNode action, String input) {
        Map<String, String> inputs = new TreeMap<>();
        inputs.put("script", quoted(script));
        inputs.put("sha256", quoted(version.hash()));
        inputs.put("action", JsonNodes.write(action));
        if (input.length() <= MAX_INPUT) {
            inputs.put("input", input);
        } else {
            inputs.put("inputBlob", quoted(parts.blobs().put(input.getBytes(StandardCharsets.UTF_8))));
        }
        DecisionRecorded decision = new DecisionRecorded(
                id,
                action.path("agent").asText(),
                action.path("action").asText(),
                inputs,
                List.of("do nothing"),
                action.path("reason").asText(),
                action.path("confidence").asDouble(1),
                Map.of());
        Decisions.Made made = parts.decisions().decide(decision, origin(causes));
        if (made.ruling() != Ruling.ALLOW) {
            LOG.warn("script {}: {} is not done: {}", script, words(action), made.why());
            return true;
        }
        if (!made.repeated()) {
            return finish(made, action);
        }
        // Decided before a crash or a failure of the journal; what was decided then is what counts.
        Event recorded = parts.journal().get(made.sequence()).orElseThrow();
        return finished(id, made.sequence()) || recover(recorded);
    }

    private DecisionOrigin origin(List<Cause> causes) {
        return new DecisionOrigin(ScriptLedger.SOURCE, ScriptLedger.subject(script), actor, causes);
    }

    private static String words(JsonNode action) {
        return action.path("action").asText() + " " + action.path("agent").asText();
    }

    /** Does what waited for an approval that is there now; false where this was closed before it was done. */
    boolean approved(Event approval) {
        String id = Shapes.payload(approval).path("decision").asText();
        for (Cause cause : approval.causes()) {
            if (cause instanceof Cause.OfEvent of
                    && of.journal().equals(parts.journal().id())) {
                Event decision = parts.journal().get(of.sequence()).orElseThrow();
                return finished(id, decision.sequence()) || recover(decision);
            }
        }
        return true;
    }

    private boolean finished(String id, long sequence) {
        return parts
                .journal()
                .read(EventQuery.all()
                        .from(sequence)
                        .subject(ScriptLedger.subject(script))
                        .type(DecisionOutcome.TYPE)
                        .limit(10_000))
                .stream()
                .anyMatch(
                        event -> Shapes.payload(event).path("decision").asText().equals(id));
    }

    private static String quoted(String text) {
        return JsonNodes.write(JsonNodes.MAPPER.getNodeFactory().textNode(text));
    }

    /** Gives the command and records what came of it; false where this was closed before that was known. */
    private boolean finish(Decisions.Made made, JsonNode action) {
        String outcome;
        boolean success = false;
        try {
            Agents agents = agents();
            Optional<List<String>> touched = waits.on(begin(agents, action), PATIENCE_MILLIS);
            if (touched.isEmpty()) {
                return false;
            }
            success = true;
            outcome = action.path("action").asText() + ": "
                    + (touched.get().isEmpty() ? "nothing had to be done" : String.join(", ", touched.get()));
        } catch (StratoswarmException e) {
            outcome = String.valueOf(e.getMessage());
        } catch (ExecutionException e) {
            outcome = String.valueOf(
                    e.getCause() instanceof StratoswarmException known ? known.getMessage() : e.getCause());
        } catch (TimeoutException e) {
            outcome = "not done within " + PATIENCE_MILLIS / 1_000 + " s; it goes on";
        }
        record(made, outcome, success);
        return true;
    }

    private Agents agents() {
        return parts.agents()
                .get()
                .orElseThrow(() -> new StratoswarmException(
                        StratoswarmException.Kind.UNAVAILABLE, "the supervisor of agents is not there"));
    }

    private CompletableFuture<List<String>> begin(Agents agents, JsonNode action) {
        String selector = action.path("agent").asText();
        return switch (action.path("action").asText()) {
            case "start" -> agents.start(selector, actor);
            case "stop" -> agents.stop(selector, actor);
            case "restart" -> agents.restart(selector, actor);
            case "kill" -> agents.kill(selector, actor);
            default -> agents.signal(selector, action.path("signal").asText(), actor);
        };
    }

    /** Finishes what an earlier daemon decided and did not finish. */
    void recover() {
        Set<String> finished = new HashSet<>();
        List<Event> open = new ArrayList<>();
        List<Event> last = parts.journal()
                .read(EventQuery.all()
                        .subject(ScriptLedger.subject(script))
                        .limit(LOOK_BACK)
                        .newestFirst());
        for (Event event : last) {
            JsonNode payload = Shapes.payload(event);
            if (event.type().equals(DecisionOutcome.TYPE)) {
                finished.add(payload.path("decision").asText());
            } else if (event.type().equals(DecisionRecorded.TYPE)
                    && !finished.contains(payload.path("id").asText())) {
                open.addFirst(event);
            }
        }
        for (Event event : open) {
            if (!waits.isClosed()) {
                var unused = recover(event);
            }
        }
    }

    /** False where this was closed before it was known. */
    private boolean recover(Event decision) {
        JsonNode payload = Shapes.payload(decision);
        String id = payload.path("id").asText();
        Optional<Decisions.Pending> pending = parts.decisions().pending().stream()
                .filter(each -> each.id().equals(id))
                .findFirst();
        if (pending.isPresent() && !pending.get().approved()) {
            return true; // It waits; its approval is an event that comes here.
        }
        Decisions.Made made = new Decisions.Made(id, decision.sequence(), true, Ruling.ALLOW, List.of());
        long since = approval(id, decision.sequence()).orElse(decision.sequence());
        boolean taken = parts
                .journal()
                .read(EventQuery.all().from(since + 1).subject("agent/*").limit(10_000))
                .stream()
                .anyMatch(event -> event.actor().equals(actor));
        if (taken) {
            record(made, "the command was taken before the daemon ended", true);
        } else if (pending.isEmpty() && parts.nanos() - decision.timeNanos() > STALE_NANOS) {
            record(made, "the daemon ended before it was done, and it is too old to be done now", false);
        } else {
            return finish(
                    made, JsonNodes.known(payload.path("inputs").path("action").asText()));
        }
        return true;
    }

    /** Sequence of the approval of a decision. */
    private OptionalLong approval(String id, long decision) {
        return parts
                .journal()
                .read(EventQuery.all()
                        .from(decision + 1)
                        .subject(ScriptLedger.subject(script))
                        .type(Decisions.APPROVED)
                        .limit(10_000))
                .stream()
                .filter(event -> Shapes.payload(event).path("decision").asText().equals(id))
                .mapToLong(Event::sequence)
                .findFirst();
    }

    private void record(Decisions.Made made, String outcome, boolean success) {
        parts.decisions().outcome(made, origin(List.of()), outcome, success);
    }
}
