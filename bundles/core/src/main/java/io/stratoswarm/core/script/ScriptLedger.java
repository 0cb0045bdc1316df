package io.stratoswarm.core.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Receipt;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What was decided about scripts, as events; and what is read back of them. Calls return once that is durable. */
public final class ScriptLedger {
    public static final String SOURCE = "core.script";
    public static final String SYSTEM = "system";
    public static final String LOADED = "ScriptLoaded";
    public static final String UNLOADED = "ScriptUnloaded";
    public static final String REFUSED = "ScriptRefused";
    public static final String ENABLED = "ScriptEnabled";
    public static final String DISABLED = "ScriptDisabled";
    public static final String QUARANTINED = "ScriptQuarantined";

    private static final long LIMIT_SECONDS = 10;
    /** How many events of one script are looked through for its state; its decisions are among them. */
    private static final int PAGE = 500;

    private final Journal journal;

    public ScriptLedger(Journal journal) {
        this.journal = journal;
    }

    /** Subject of all events of a script. */
    public static String subject(String script) {
        return "script/" + script;
    }

    /** A version that was good. */
    record Good(String script, String file, String hash) {}

    /**
     * What the journal knows of a script.
     *
     * @param standing the type of the last event that enabled, disabled or quarantined it; empty where there was none
     * @param actor who did
     * @param reason of it
     * @param good the version that was loaded last
     * @param loaded whether it was not unloaded since
     * @param refused hash of the text that was refused after that; empty where none was
     */
    record Known(String standing, String actor, String reason, Optional<Good> good, boolean loaded, String refused) {}

    Known known(String script) {
        String standing = "";
        String actor = "";
        String reason = "";
        Optional<Good> good = Optional.empty();
        boolean loaded = false;
        boolean ended = false;
        String refused = "";
        long before = Long.MAX_VALUE;
        while (before > 0 && (standing.isEmpty() || good.isEmpty())) {
            List<Event> page = journal.read(EventQuery.all()
                    .subject(subject(script))
                    .to(before)
                    .limit(PAGE)
                    .newestFirst());
            for (Event event : page) {
                switch (event.type()) {
                    case ENABLED, DISABLED, QUARANTINED -> {
                        if (standing.isEmpty()) {
                            standing = event.type();
                            actor = event.actor();
                            reason = payload(event).path("reason").asText();
                        }
                    }
                    case LOADED -> {
                        if (good.isEmpty()) {
                            good = Optional.of(good(event));
                            loaded = !ended;
                        }
                    }
                    case UNLOADED -> ended = true;
                    case REFUSED -> {
                        if (good.isEmpty() && refused.isEmpty()) {
                            refused = payload(event).path("sha256").asText();
                        }
                    }
                    default -> {}
                }
            }
            before = page.size() < PAGE ? 0 : page.getLast().sequence();
        }
        return new Known(standing, actor, reason, good, loaded, refused);
    }

    /** The version that was loaded last from this file, whatever its name. */
    Optional<Good> lastGoodOf(String file) {
        return journal.read(EventQuery.all().type(LOADED).limit(10_000).newestFirst()).stream()
                .map(ScriptLedger::good)
                .filter(good -> good.file().equals(file))
                .findFirst();
    }

    /** Whether any script was ever enabled by hand, without which none of the shipped ones runs. */
    boolean anyEnabled() {
        return !journal.read(EventQuery.all().type(ENABLED).limit(1).newestFirst())
                .isEmpty();
    }

    private static Good good(Event event) {
        JsonNode payload = payload(event);
        return new Good(
                payload.path("script").asText(),
                payload.path("file").asText(),
                payload.path("sha256").asText());
    }

    public static JsonNode payload(Event event) {
        return JsonNodes.known(event.payloadText());
    }

    void loaded(String script, String kind, String language, String file, String hash, String replaces) {
        ObjectNode fields = fields(script, file, hash).put("kind", kind).put("language", language);
        if (!replaces.isEmpty()) {
            fields.put("replaces", replaces);
        }
        append(LOADED, script, SYSTEM, List.of(), fields);
    }

    void unloaded(String script, String file, String hash, String reason) {
        append(UNLOADED, script, SYSTEM, List.of(), fields(script, file, hash).put("reason", reason));
    }

    void refused(String script, String file, String hash, String reason) {
        append(REFUSED, script, SYSTEM, List.of(), fields(script, file, hash).put("reason", reason));
    }

    void standing(String type, String script, String file, String hash, String actor, String reason) {
        append(type, script, actor, List.of(), fields(script, file, hash).put("reason", reason));
    }

    private static ObjectNode fields(String script, String file, String hash) {
        return JsonNodes.MAPPER
                .createObjectNode()
                .put("script", script)
                .put("file", file)
                .put("sha256", hash);
    }

    public Receipt append(String type, String script, String actor, List<Cause> causes, ObjectNode payload) {
        return append(
                Append.of(EventDraft.json(type, SOURCE, subject(script), actor, causes, JsonNodes.write(payload))),
                type);
    }

    /** @param what it is, for messages */
    public Receipt append(Append append, String what) {
        try {
            return journal.append(append).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StratoswarmException known) {
                throw known;
            }
            throw new StratoswarmException(Kind.SYSTEM, "the journal did not take " + what + ": " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new StratoswarmException(
                    Kind.TIMEOUT, "the journal did not take " + what + " within " + LIMIT_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "interrupted before " + what + " was durable", e);
        }
    }
}
