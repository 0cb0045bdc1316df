package io.stratoswarm.healing.trial;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.healing.strategy.LearnedFold;
import io.stratoswarm.healing.trial.Standing.Seen;
import io.stratoswarm.healing.trial.Standing.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** How scripts that choose acts stand, by their names: a fold of events. */
public final class StrategyFold implements Projection<SortedMap<String, Standing>> {
    public static final String ID = "healing-strategies";
    /** A version of a script came to a stage: {@code script, class, hash, stage, reason, figures}. */
    public static final String STAGE = "StrategyStage";
    /**
     * Scripts were asked about a case: {@code case, agent, class, act, script, hash, why} of what was chosen, and {@code scripts}, for each
     * version that was asked {@code script, hash, stage, acts, would, without, expected, why, error}.
     */
    public static final String ADVISED = "HealingAdvised";

    static final String WITHHELD = "HealingWithheld";
    private static final String SCRIPTS = "core.script";
    private static final Set<String> STANDINGS =
            Set.of("ScriptEnabled", "ScriptDisabled", "ScriptQuarantined", "ScriptUnloaded");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String id() {
        return ID;
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public SortedMap<String, Standing> initial() {
        return Collections.emptySortedMap();
    }

    @Override
    public SortedMap<String, Standing> apply(SortedMap<String, Standing> state, Event event) {
        if (event.source().equals(SCRIPTS) && STANDINGS.contains(event.type())) {
            return script(state, event);
        }
        if (!event.source().equals(LearnedFold.SOURCE)) {
            return state;
        }
        return switch (event.type()) {
            case STAGE -> staged(state, payload(event));
            case ADVISED -> advised(state, payload(event));
            case LearnedFold.ENDED -> ended(state, payload(event));
            case WITHHELD -> each(state, payload(event).path("case").asLong(), seen -> List.of());
            default -> state;
        };
    }

    /** A script that somebody ended begins anew when it comes back, since what it does may have changed with what it is for. */
    private static SortedMap<String, Standing> script(SortedMap<String, Standing> state, Event event) {
        String name = payload(event).path("script").asText();
        Standing standing = state.get(name);
        if (standing == null) {
            return state;
        }
        SortedMap<String, Standing> next = new TreeMap<>(state);
        switch (event.type()) {
            case "ScriptDisabled", "ScriptQuarantined" -> next.put(name, standing.off(true));
            case "ScriptEnabled" -> {
                if (standing.off()) {
                    next.remove(name);
                }
            }
            default -> next.remove(name);
        }
        return next;
    }

    private static SortedMap<String, Standing> staged(SortedMap<String, Standing> state, JsonNode payload) {
        String name = payload.path("script").asText();
        String hash = payload.path("hash").asText();
        Stage stage = Stage.of(payload.path("stage").asText()).orElse(Stage.REVERTED);
        Standing before =
                state.getOrDefault(name, Standing.of(payload.path("class").asText()));
        Standing standing = new Standing(
                payload.path("class").asText(), before.active(), before.trial(), before.before(), before.off());
        SortedMap<String, Double> figures = new TreeMap<>();
        payload.path("figures")
                .fields()
                .forEachRemaining(
                        each -> figures.put(each.getKey(), each.getValue().asDouble()));
        Version now = new Version(hash, stage, payload.path("reason").asText(), figures, List.of());
        SortedMap<String, Standing> next = new TreeMap<>(state);
        next.put(name, moved(standing, now));
        return next;
    }

    private static Standing moved(Standing standing, Version now) {
        Version active = standing.active();
        return switch (now.stage()) {
            case ACTIVE ->
                active.is(now.hash())
                        ? standing.with(active, Version.NONE, standing.before())
                        : standing.with(now, Version.NONE, active.hash());
            case REVERTED -> {
                if (!active.is(now.hash())) {
                    yield standing.with(active, now, standing.before());
                }
                Version back = standing.before().isEmpty()
                        ? Version.NONE
                        : new Version(
                                standing.before(),
                                Stage.ACTIVE,
                                "the one after it did worse",
                                Collections.emptySortedMap(),
                                List.of());
                boolean other = !standing.trial().none() && standing.trial().stage() != Stage.REVERTED;
                yield standing.with(back, other ? standing.trial() : now, "");
            }
            default -> standing.with(active.is(now.hash()) ? Version.NONE : active, now, standing.before());
        };
    }

    private static SortedMap<String, Standing> advised(SortedMap<String, Standing> state, JsonNode payload) {
        SortedMap<String, Standing> next = new TreeMap<>(state);
        long number = payload.path("case").asLong();
        for (JsonNode each : payload.path("scripts")) {
            Standing standing = next.get(each.path("script").asText());
            if (standing == null) {
                continue;
            }
            Seen seen = new Seen(
                    number,
                    each.path("acts").asBoolean(),
                    each.path("would").asText(),
                    each.path("without").asText(),
                    each.path("expected").asDouble(),
                    each.has("error"),
                    Double.NaN);
            String hash = each.path("hash").asText();
            next.put(
                    each.path("script").asText(),
                    standing.changed(version -> version.is(hash) ? version.with(seen) : version));
        }
        return next;
    }

    private static SortedMap<String, Standing> ended(SortedMap<String, Standing> state, JsonNode payload) {
        double reward = payload.path("reward").asDouble(Double.NaN);
        return each(
                state,
                payload.path("case").asLong(),
                seen -> Double.isNaN(reward)
                        ? List.of()
                        : List.of(seen.getFirst().rewarded(reward)));
    }

    private static SortedMap<String, Standing> each(
            SortedMap<String, Standing> state, long number, UnaryOperator<List<Seen>> change) {
        SortedMap<String, Standing> next = new TreeMap<>(state);
        next.replaceAll((name, standing) -> standing.changed(version -> version.changed(number, change)));
        return next;
    }

    private static JsonNode payload(Event event) {
        try {
            return JSON.readTree(event.payload());
        } catch (IOException e) {
            return MissingNode.getInstance(); // Nobody else writes under these sources; what is no JSON says nothing.
        }
    }

    @Override
    public byte[] encode(SortedMap<String, Standing> state) {
        try {
            return JSON.writeValueAsBytes(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public SortedMap<String, Standing> decode(byte[] bytes) {
        try {
            return Collections.unmodifiableSortedMap(
                    JSON.readValue(bytes, new TypeReference<TreeMap<String, Standing>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
