package io.stratoswarm.core.graph;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.Channel;
import io.stratoswarm.api.graph.Condition;
import io.stratoswarm.api.graph.Constraint;
import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.api.graph.FlowSpec.Case;
import io.stratoswarm.api.graph.FlowSpec.Delivery;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.FlowSpec.Rate;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.FlowSpec.Transform;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeKind.Endpoint;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.Objective;
import io.stratoswarm.api.graph.PlaceRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Supplier;

/** Random parts of graphs, every case of each. */
public final class Specs {
    private final Random random;

    public Specs(Random random) {
        this.random = random;
    }

    private String word() {
        return List.of("a", "b-1", "ü", "x y", "\"q\"", "$").get(random.nextInt(6));
    }

    @SafeVarargs
    private <T> T any(Supplier<T>... choices) {
        return choices[random.nextInt(choices.length)].get();
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }

    private OptionalLong maybeLong() {
        return random.nextBoolean() ? OptionalLong.of(random.nextLong()) : OptionalLong.empty();
    }

    private <T> List<T> some(int least, Supplier<T> item) {
        List<T> items = new ArrayList<>();
        for (int i = least + random.nextInt(3); i > 0; i--) {
            items.add(item.get());
        }
        return items;
    }

    private Map<String, String> words() {
        Map<String, String> words = new LinkedHashMap<>();
        some(0, this::word).forEach(word -> words.put(word, word()));
        return words;
    }

    private Condition.Value value() {
        return any(
                () -> new Condition.Value.Text(word()),
                () -> new Condition.Value.Number("1.50e3"),
                () -> new Condition.Value.Flag(random.nextBoolean()));
    }

    public Condition condition(int depth) {
        Condition plain = any(
                () -> new Condition.Compare(
                        word(),
                        Condition.Comparison.values()[random.nextInt(Condition.Comparison.values().length)],
                        value()),
                () -> new Condition.Matches(word(), "a.*b"),
                () -> new Condition.OneOf(word(), some(0, this::value)),
                () -> new Condition.Exists(word()));
        return depth == 0
                ? plain
                : any(
                        () -> plain,
                        () -> new Condition.All(some(0, () -> condition(depth - 1))),
                        () -> new Condition.Any(some(0, () -> condition(depth - 1))),
                        () -> new Condition.Not(condition(depth - 1)));
    }

    private DataType type() {
        return any(
                () -> DataType.TEXT,
                () -> new DataType(word(), DataType.Format.JSON, Optional.of(new DataType.Schema.InFile("/s.json"))),
                () -> new DataType(
                        word(), DataType.Format.JSON, Optional.of(new DataType.Schema.Inline("{\"type\":\"object\"}"))),
                () -> DataType.BYTES);
    }

    private Transform transform() {
        return any(
                () -> new Transform.Script(word(), random.nextInt(1_000)),
                () -> new Transform.Filter(condition(3)),
                () -> new Transform.Project(some(1, this::word)),
                () -> new Transform.Rename(words()),
                () -> new Transform.Sample(random.nextDouble()));
    }

    private Delivery delivery() {
        return any(
                () -> new Delivery.AtMostOnce(),
                () -> new Delivery.AtLeastOnce(new Ack.OnChannel(word())),
                () -> new Delivery.AtLeastOnce(new Ack.OneToOne()),
                () -> new Delivery.AtLeastOnce(new Ack.OnEof()));
    }

    private Routing routing(List<End> to) {
        return any(
                () -> new Routing.Copy(),
                () -> new Routing.RoundRobin(),
                () -> new Routing.LeastLoaded(),
                () -> new Routing.KeyHash(word()),
                () -> new Routing.Predicate(some(1, () -> new Case(to.getFirst(), maybe(() -> condition(2))))));
    }

    public FlowSpec flow(String id) {
        List<End> to = some(1, () -> new End(word(), word()));
        return new FlowSpec(
                id,
                new End(word(), word()),
                to,
                type(),
                type(),
                some(0, this::transform),
                maybe(() -> new Rate(random.nextBoolean(), random.nextDouble() * 1e9, maybeLong())),
                Framing.values()[random.nextInt(3)],
                random.nextLong(),
                random.nextLong(),
                delivery(),
                routing(to),
                words());
    }

    public GraphRules rules() {
        return new GraphRules(
                words(),
                some(0, this::constraint),
                some(0, () -> new Objective(Objective.Goal.values()[random.nextInt(5)], random.nextDouble())));
    }

    private Constraint constraint() {
        List<String> nodes = some(0, this::word);
        return any(
                () -> new Constraint.Affinity(nodes, word(), some(0, this::word)),
                () -> new Constraint.Spread(nodes, word(), random.nextInt(9)),
                () -> new Constraint.Pin(nodes, word()),
                () -> new Constraint.Capacity(
                        nodes,
                        random.nextBoolean() ? OptionalInt.of(random.nextInt(9)) : OptionalInt.empty(),
                        maybe(this::word),
                        maybe(random::nextDouble)),
                () -> new Constraint.CoLocation(nodes, word()),
                () -> new Constraint.Forbidden(nodes, word()));
    }

    public NodeKind kind() {
        return any(
                () -> NodeKind.PROCESS,
                () -> new NodeKind.Script("enrich", 1 + random.nextInt(1_000)),
                () -> new NodeKind.Source(any(
                        () -> new Endpoint.File("/a b", random.nextBoolean(), random.nextBoolean(), false),
                        this::socket,
                        () -> new Endpoint.Http(Optional.of("0.0.0.0:80"), Optional.empty(), OptionalLong.empty()),
                        () -> new Endpoint.Http(
                                Optional.empty(),
                                Optional.of("http://x/"),
                                random.nextBoolean() ? OptionalLong.of(250) : OptionalLong.empty()))),
                () -> new NodeKind.Sink(any(
                        () -> new Endpoint.File("/a b", false, false, random.nextBoolean()),
                        this::socket,
                        () -> new Endpoint.Http(Optional.empty(), Optional.of("http://x/"), OptionalLong.empty()))),
                () -> new NodeKind.Plugin("acme.kafka", "{\"topic\": \"t\"}"));
    }

    private Endpoint socket() {
        return new Endpoint.Socket(random.nextBoolean(), "/run/s");
    }

    public NodeSpec node(String id) {
        NodeKind kind = kind();
        return new NodeSpec(
                id,
                AgentSpec.of(kind instanceof NodeKind.Process ? List.of("/bin/x") : List.of()),
                1 + random.nextInt(9),
                some(0, () -> new NodeSpec.Dependency(word(), NodeSpec.Condition.values()[random.nextInt(4)])),
                kind,
                some(0, () -> new Channel(word(), random.nextBoolean(), maybe(this::word))),
                random.nextBoolean()
                        ? PlaceRequest.NONE
                        : new PlaceRequest(
                                maybe(random::nextDouble),
                                maybeLong(),
                                maybe(random::nextDouble),
                                maybeLong(),
                                maybeLong(),
                                maybeLong(),
                                Map.of("licence", 2.0)),
                some(0, this::word));
    }
}
