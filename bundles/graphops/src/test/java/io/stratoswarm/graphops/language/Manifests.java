package io.stratoswarm.graphops.language;

import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.GraphTree.Member;
import io.stratoswarm.api.graph.GraphTree.Obj;
import io.stratoswarm.api.graph.GraphTree.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Makes parts of manifests in the shapes that they usually have, here and there with something else in the place of a value. */
final class Manifests {
    private static final Place NOWHERE = new Place("f", 1, 1);

    private final Random random;
    private final Supplier<GraphTree> odd;

    private Manifests(Random random, Supplier<GraphTree> odd) {
        this.random = random;
        this.odd = odd;
    }

    static GraphTree part(String key, Random random, Supplier<GraphTree> odd) {
        Manifests make = new Manifests(random, odd);
        return switch (key) {
            case "nodes" -> make.list(make::node);
            case "flows" -> make.list(make::flow);
            case "constraints" -> make.list(make::constraint);
            case "types" ->
                make.object(
                        "order",
                        make.object("format", make.word("json"), "schema", make.object("type", make.word("object"))));
            case "objectives" -> make.object("latency", make.number(), "balance", make.number());
            default -> make.object("team", make.word("blue"), "k v", make.word("1"));
        };
    }

    private GraphTree list(Supplier<GraphTree> item) {
        List<GraphTree> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            items.add(item.get());
        }
        return new GraphTree.Arr(NOWHERE, items);
    }

    /** Pairs of key and value, some of which are left out; some values are odd ones. */
    private Obj object(Object... pairs) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < pairs.length; i += 2) {
            if (random.nextInt(4) > 0) {
                GraphTree value = random.nextInt(25) == 0 ? odd.get() : (GraphTree) pairs[i + 1];
                members.add(new Member(NOWHERE, (String) pairs[i], value));
            }
        }
        return new Obj(NOWHERE, members);
    }

    private GraphTree word(String... words) {
        return new GraphTree.Text(NOWHERE, words[random.nextInt(words.length)]);
    }

    private GraphTree number() {
        return new GraphTree.Num(NOWHERE, String.valueOf(random.nextInt(9)), true);
    }

    private GraphTree words() {
        return list(() -> word("a", "web", "two words", "by", "7"));
    }

    private GraphTree node() {
        return object(
                "id", word("web", "db", "node", "1a"),
                "type", word("process", "script", "source", "sink", "acme.kafka"),
                "command", words(),
                "environment", object("A", word("x"), "run", word("y")),
                "secrets", object("T", object("file", word("/t"))),
                "resources", object("cpu", number(), "memory", word("64MiB"), "pids", number()),
                "requests", object("gpu", number(), "custom", object("memory", number())),
                "replicas", number(),
                "dependsOn",
                        list(() -> random.nextBoolean()
                                ? word("db")
                                : object("node", word("db"), "condition", word("ready"))),
                "restart", object("policy", word("always"), "initial", word("1s"), "factor", number()),
                "stop", object("signal", word("INT"), "grace", word("5s")),
                "readiness", object("exec", object("command", words()), "interval", word("1s")),
                "metrics", object("http", object("port", number(), "path", word("/m?x=1"), "every", word("30s"))),
                "hooks", object("preStart", object("command", words(), "timeout", word("1s"))),
                "channels",
                        object(
                                "errors",
                                object("direction", word("out"), "data", word("json")),
                                "run",
                                object("direction", word("in"))),
                "policies", words(),
                "file", object("path", word("/x"), "follow", new GraphTree.Bool(NOWHERE, true)),
                "settings", object("run", words(), "where", number()),
                "script", word("s"),
                "labels", object("zone", word("a"), "team/x", word("b c")));
    }

    private GraphTree condition(int depth) {
        return switch (random.nextInt(depth > 3 ? 3 : 6)) {
            case 0 -> object("field", word("a.b", "$", "in", "two words"), "exists", new GraphTree.Bool(NOWHERE, true));
            case 1 -> object("field", word("x"), "in", words());
            case 2 -> object("matches", word("^a|b"), "field", word("x"));
            case 3 -> object("all", list(() -> condition(depth + 1)));
            case 4 -> object("any", list(() -> condition(depth + 1)));
            default -> object("not", condition(depth + 1));
        };
    }

    private GraphTree transform() {
        return switch (random.nextInt(5)) {
            case 0 -> object("script", word("s"), "batch", number());
            case 1 -> object("where", condition(0));
            case 2 -> object("project", words());
            case 3 -> object("rename", object("a", word("b"), "c d", word("->")));
            default -> object("sample", number());
        };
    }

    private GraphTree flow() {
        return object(
                "from", word("a", "a.errors"),
                "to", random.nextBoolean() ? word("b") : words(),
                "id", word("f"),
                "data", word("order"),
                "framing", word("lines"),
                "rate", word("1000/s"),
                "delivery", word("at-least-once"),
                "ack", word("channel", "ack"),
                "ackChannel", word("acks"),
                "route", word("key-hash"),
                "key", word("user.id", "$"),
                "transforms", list(this::transform),
                "cases", list(() -> object("to", word("b"), "when", condition(0))));
    }

    private GraphTree constraint() {
        return object(
                "kind", word("spread", "pin", "affinity", "capacity", "forbidden", "to"),
                "nodes", words(),
                "by", word("zone"),
                "place", word("numa0"),
                "label", word("disk"),
                "values", words(),
                "maxSkew", number());
    }
}
