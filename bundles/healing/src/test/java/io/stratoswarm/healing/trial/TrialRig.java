package io.stratoswarm.healing.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.script.KeptScript;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptOutcome.Status;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.healing.script.CaseView;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Choice;
import io.stratoswarm.healing.strategy.Learned;
import io.stratoswarm.healing.strategy.LearnedFold;
import io.stratoswarm.healing.strategy.Situation;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Scripts as strategies, in a world whose rewards the test gives. */
public final class TrialRig implements AutoCloseable {
    static final Set<Act> POSSIBLE = Set.of(Act.RESTART, Act.CAPTURE, Act.ASK);
    private static final ObjectMapper JSON = new ObjectMapper();

    final AtomicLong nanos = new AtomicLong(1_767_268_800_000_000_000L);
    final InMemoryJournal journal = new InMemoryJournal(nanos::get, new LearnedFold(), new StrategyFold());
    final Map<String, Twin> texts = new HashMap<>();
    TrialRules rules = TrialRules.DEFAULT;
    Strategies.MayDecide mayDecide = (script, agent) -> true;
    StrategyRoom room;
    private long handled;

    TrialRig() {
        room = room();
    }

    private StrategyRoom room() {
        return new StrategyRoom(
                journal,
                journal,
                () -> Optional.of(scripts()),
                () -> rules,
                (script, agent) -> mayDecide.test(script, agent),
                Runnable::run);
    }

    /** The next daemon: scripts are loaded anew. */
    void restart(Twin... present) {
        room.close();
        room = room();
        for (Twin twin : present) {
            room.kind().loaded(twin);
        }
    }

    private Scripts scripts() {
        return (Scripts) Proxy.newProxyInstance(
                Scripts.class.getClassLoader(), new Class<?>[] {Scripts.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("kept")) {
                        throw new AssertionError(method.getName());
                    }
                    Twin twin = texts.get(String.valueOf(arguments[1]));
                    if (twin == null) {
                        throw new StratoswarmException(StratoswarmException.Kind.NOT_FOUND, "not kept");
                    }
                    return CompletableFuture.completedFuture(twin);
                });
    }

    /** A script's twin in Java. */
    public static final class Twin implements KeptScript {
        private final ScriptHeader header;
        private final String hash;
        private final Function<JsonNode, String> function;
        int calls;

        public Twin(String name, String hash, String settings, Function<JsonNode, String> function) {
            this.header = new ScriptHeader(name, "healing", "js", "", settings, ScriptLimits.DEFAULT, List.of());
            this.hash = hash.repeat(64 / hash.length());
            this.function = function;
        }

        @Override
        public ScriptHeader header() {
            return header;
        }

        @Override
        public String hash() {
            return hash;
        }

        @Override
        public CompletableFuture<List<ScriptOutcome>> call(String trigger, List<String> inputs) {
            calls += inputs.size();
            return CompletableFuture.completedFuture(
                    inputs.stream().map(this::outcome).toList());
        }

        private ScriptOutcome outcome(String input) {
            try {
                return new ScriptOutcome(Status.OK, function.apply(JSON.readTree(input)), "", List.of(), List.of(), 1);
            } catch (IllegalStateException | java.io.IOException e) {
                return new ScriptOutcome(Status.THREW, "", String.valueOf(e.getMessage()), List.of(), List.of(), 1);
            }
        }

        @Override
        public void misbehaved(String what) {
            throw new AssertionError(what);
        }

        @Override
        public void close() {}
    }

    public static Function<JsonNode, String> always(String act) {
        return input -> "{\"act\":\"" + act + "\",\"why\":\"always\"}";
    }

    /** A version that the host loads, and whose text it keeps. */
    Twin load(String hash, String label, Function<JsonNode, String> function) {
        Twin twin = new Twin("s", hash, "{\"class\":\"" + label + "\"}", function);
        texts.put(twin.hash(), twin);
        room.kind().loaded(twin);
        return twin;
    }

    long append(String type, String source, String subject, String payload) {
        nanos.addAndGet(1_000_000_000L);
        return journal.append(Append.of(EventDraft.json(type, source, subject, "test", List.of(), payload)))
                .join()
                .firstSequence();
    }

    /** What the reactor hears as well. */
    void heard(String type, String source, String subject, String payload) {
        append(type, source, subject, payload);
        react();
    }

    /** One failure from begin to end; gives what was done. */
    String round(String label, Situation situation, ToDoubleFunction<String> reward) {
        long number = append("AgentUnhealthy", "core.agent", "agent/shop/web", "{}");
        Choice.Option chosen = advise(number, label, situation).choice().chosen();
        String act = chosen.act().word();
        done(number, label, situation, act, chosen.prior(), reward.applyAsDouble(act));
        return act;
    }

    /** One in which this was done, whatever anybody chose. */
    void forced(String label, Situation situation, String act, double reward) {
        long number = append("AgentUnhealthy", "core.agent", "agent/shop/web", "{}");
        advise(number, label, situation);
        done(number, label, situation, act, 0.5, reward);
    }

    private void done(long number, String label, Situation situation, String act, double prior, double reward) {
        ObjectNode started = JSON.createObjectNode()
                .put("case", number)
                .put("agent", "shop/web")
                .put("class", label)
                .put("act", act)
                .put("expected", prior)
                .put("prior", prior);
        for (double value : situation.context()) {
            started.withArray("context").add(value);
        }
        append(LearnedFold.STARTED, LearnedFold.SOURCE, "healing/" + number, started.toString());
        ObjectNode ended = JSON.createObjectNode()
                .put("case", number)
                .put("class", label)
                .put("reward", reward)
                .put("rate", 0.05)
                .put("why", "x");
        append(LearnedFold.ENDED, LearnedFold.SOURCE, "healing/" + number, ended.toString());
        react();
    }

    Advice advise(long number, String label, Situation situation) {
        Learned learned = new LearnedFold().decode(journal.state(LearnedFold.ID));
        Choice choice = Choice.of(learned, label, situation, POSSIBLE::contains);
        CaseView view = new CaseView(
                number,
                nanos.get(),
                "shop/web",
                "AgentUnhealthy",
                label,
                true,
                0.9,
                List.of(),
                Map.of("memory.trend", 1.0, "cpu.trend", 0.0),
                situation,
                "",
                List.of("line"),
                Map.of(),
                Choice.any(learned, label, situation, POSSIBLE::contains).options(),
                choice.chosen());
        ObjectNode json = view.json(learned);
        ObjectNode classified = JSON.createObjectNode().put("case", number).put("class", label);
        classified.set(PastCases.VIEW, json);
        long sequence = append(LearnedFold.CLASSIFIED, LearnedFold.SOURCE, "healing/" + number, classified.toString());
        return room.strategies().advise(view, json, choice, new Cause.OfEvent(journal.id(), sequence));
    }

    private void react() {
        for (Event event : journal.read(EventQuery.all().from(handled).limit(10_000))) {
            handled = event.sequence() + 1;
            room.trials().on(event);
        }
    }

    Standing standing() {
        return room.standings().getOrDefault("s", Standing.of("?"));
    }

    List<String> stages() {
        return journal.read(EventQuery.all().type(StrategyFold.STAGE).limit(1_000)).stream()
                .map(event -> PastCases.payload(event).path("stage").asText())
                .toList();
    }

    @Override
    public void close() {
        room.close();
    }
}
