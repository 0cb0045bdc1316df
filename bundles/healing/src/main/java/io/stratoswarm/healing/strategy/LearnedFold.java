package io.stratoswarm.healing.strategy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.healing.classify.Example;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Learns from events. */
public final class LearnedFold implements Projection<Learned> {
    public static final String ID = "healing";
    public static final String SOURCE = "healing";
    /** A failure got a class: {@code case, agent, class, known, confidence, distance, drivers, vector, model}. */
    public static final String CLASSIFIED = "FailureClassified";
    /** Something is done about it: {@code case, agent, class, act, expected, prior, context}. */
    public static final String STARTED = "HealingStarted";
    /** What came of it: {@code case, class, act, context, reward, rate, why}; without a reward nothing is learned. */
    public static final String ENDED = "HealingEnded";
    /** An operator changed what may be done or what is expected: {@code class, act} and {@code on} or {@code expected}. */
    public static final String EDITED = "HealingStrategyEdited";
    /** A class got a name: {@code class, name}. */
    public static final String NAMED = "HealingClassNamed";
    /** What was learned of a class is forgotten: {@code class}; of all where it is empty. */
    public static final String RESET = "HealingReset";

    static final int MOST_OPENED = 64;
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
    public Learned initial() {
        return Learned.NOTHING;
    }

    @Override
    public Learned apply(Learned state, Event event) {
        if (!event.source().equals(SOURCE)) {
            return state;
        }
        JsonNode payload = payload(event);
        String label = payload.path("class").asText();
        return switch (event.type()) {
            case CLASSIFIED -> bounded(changed(state, label, known -> known.seen(example(label, payload))), label);
            case STARTED -> started(state, event, payload);
            case ENDED -> ended(state, payload);
            case EDITED ->
                changed(
                        state,
                        label,
                        known -> payload.has("on")
                                ? known.turned(
                                        payload.path("act").asText(),
                                        payload.path("on").asBoolean())
                                : known.with(
                                        payload.path("act").asText(),
                                        Arm.expecting(payload.path("expected").asDouble())));
            case NAMED ->
                changed(state, label, known -> known.named(payload.path("name").asText()));
            case RESET -> reset(state, label);
            default -> state;
        };
    }

    private static List<Example> example(String label, JsonNode payload) {
        JsonNode vector = payload.path("vector");
        if (vector.isEmpty()) {
            return List.of();
        }
        double[] values = new double[vector.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = vector.get(i).asDouble();
        }
        return List.of(new Example(label, values));
    }

    private static Learned changed(Learned state, String label, UnaryOperator<Learned.Known> change) {
        SortedMap<String, Learned.Known> classes = new TreeMap<>(state.classes());
        classes.put(label, change.apply(state.of(label)));
        return new Learned(classes, state.open(), state.closed());
    }

    /** Of the classes that were opened here only so many are kept; the one that was met least, and first, goes. */
    private static Learned bounded(Learned state, String met) {
        List<String> opened = state.classes().entrySet().stream()
                .filter(each ->
                        !each.getValue().examples().isEmpty() && !each.getKey().equals(met))
                .sorted(Comparator.comparingLong((Map.Entry<String, Learned.Known> each) ->
                                each.getValue().seen())
                        .thenComparing(each -> each.getKey().length())
                        .thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getKey)
                .toList();
        if (opened.size() < MOST_OPENED) {
            return state;
        }
        SortedMap<String, Learned.Known> classes = new TreeMap<>(state.classes());
        opened.subList(0, opened.size() - MOST_OPENED + 1).forEach(classes::remove);
        return new Learned(classes, state.open(), state.closed());
    }

    private static Learned reset(Learned state, String label) {
        SortedMap<String, Learned.Known> classes = new TreeMap<>(state.classes());
        classes.replaceAll((name, known) -> label.isEmpty() || name.equals(label) ? known.forgotten() : known);
        return new Learned(classes, state.open(), state.closed());
    }

    private static Learned started(Learned state, Event event, JsonNode payload) {
        SortedMap<Long, Learned.Healing> open = new TreeMap<>(state.open());
        List<Double> context = new ArrayList<>();
        payload.path("context").forEach(value -> context.add(value.asDouble()));
        long number = payload.path("case").asLong();
        open.put(
                number,
                new Learned.Healing(
                        number,
                        payload.path("agent").asText(),
                        payload.path("class").asText(),
                        payload.path("act").asText(),
                        context,
                        payload.path("expected").asDouble(),
                        payload.path("prior").asDouble(),
                        event.timeNanos(),
                        Double.NaN,
                        ""));
        return new Learned(state.classes(), open, state.closed());
    }

    private static Learned ended(Learned state, JsonNode payload) {
        SortedMap<Long, Learned.Healing> open = new TreeMap<>(state.open());
        Learned.Healing before = open.remove(payload.path("case").asLong());
        if (before == null) {
            return state;
        }
        double reward = payload.path("reward").asDouble(Double.NaN);
        List<Learned.Healing> closed = new ArrayList<>(state.closed());
        closed.add(new Learned.Healing(
                before.number(),
                before.agent(),
                before.label(),
                before.act(),
                before.context(),
                before.expected(),
                before.prior(),
                before.startedNanos(),
                reward,
                payload.path("why").asText()));
        int from = Math.max(0, closed.size() - Learned.MOST_CLOSED);
        Learned next = new Learned(state.classes(), open, closed.subList(from, closed.size()));
        if (Double.isNaN(reward)) {
            return next;
        }
        double[] context =
                before.context().stream().mapToDouble(Double::doubleValue).toArray();
        double rate = payload.path("rate").asDouble();
        return changed(next, before.label(), known -> {
            // What was expected is in the event, so that a ladder of another version learns the same from it.
            Arm arm = known.arms().getOrDefault(before.act(), Arm.expecting(before.prior()));
            return known.with(before.act(), arm.after(context, reward, rate));
        });
    }

    private static JsonNode payload(Event event) {
        try {
            return JSON.readTree(event.payload());
        } catch (IOException e) {
            return MissingNode.getInstance(); // Nobody else writes under this source; what is no JSON says nothing.
        }
    }

    @Override
    public byte[] encode(Learned state) {
        try {
            return JSON.writeValueAsBytes(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Learned decode(byte[] bytes) {
        try {
            return JSON.readValue(bytes, Learned.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
