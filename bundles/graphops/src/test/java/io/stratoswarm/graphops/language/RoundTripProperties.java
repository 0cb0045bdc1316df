package io.stratoswarm.graphops.language;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.GraphTree.Member;
import io.stratoswarm.api.graph.GraphTree.Obj;
import io.stratoswarm.api.graph.GraphTree.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Both forms say the same, whatever is said: manifests of every key, and such as are wrong in meaning but right in form. */
class RoundTripProperties {
    private static final Place NOWHERE = new Place("f", 1, 1);
    private static final List<String> TEXTS = List.of(
            "a",
            "web",
            "by",
            "to",
            "where",
            "true",
            "null",
            "1",
            "007",
            "1e5",
            "-1",
            "512MiB",
            "1000/s",
            "10%",
            "a b",
            "",
            "-x",
            "--long-name",
            "a->b",
            "x=1",
            "say \"hi\"",
            "it's",
            "\"'",
            "${p}",
            "\\",
            "line\nline\ttab\r",
            "\u0001\u007f\u0085\u2028",
            "é😀",
            "# no comment",
            "//",
            "{}",
            "a.b-c_d",
            "$",
            "'''",
            "\"\"\"");
    private static final List<String> KEYS = List.of(
            "id",
            "type",
            "command",
            "run",
            "resources",
            "memory",
            "labels",
            "environment",
            "dependsOn",
            "restart",
            "stop",
            "policy",
            "signal",
            "nodes",
            "flows",
            "node",
            "flow",
            "where",
            "script",
            "from",
            "to",
            "transforms",
            "cases",
            "delivery",
            "ack",
            "ackChannel",
            "route",
            "key",
            "constraints",
            "kind",
            "by",
            "label",
            "values",
            "objectives",
            "types",
            "channels",
            "requests",
            "project",
            "rename",
            "sample",
            "case",
            "and",
            "param",
            "include",
            "graph",
            "a key",
            "",
            "$schema",
            "-dash",
            "1st",
            "é",
            "field",
            "equals",
            "all",
            "any",
            "not",
            "in",
            "exists",
            "batch");

    private static GraphTree any(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 5 : 8)) {
            case 0 ->
                new GraphTree.Num(
                        NOWHERE,
                        List.of("0", "1", "-7", "2.50", "1E+5", "1e-3", "99999999999999999999")
                                .get(random.nextInt(7)),
                        true);
            case 1 -> new GraphTree.Bool(NOWHERE, random.nextBoolean());
            case 2 -> new GraphTree.Null(NOWHERE);
            case 3, 4 -> text(random);
            case 5 -> {
                List<GraphTree> items = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    items.add(any(random, depth + 1));
                }
                yield new GraphTree.Arr(NOWHERE, items);
            }
            default -> object(random, depth + 1);
        };
    }

    private static GraphTree text(Random random) {
        return new GraphTree.Text(NOWHERE, TEXTS.get(random.nextInt(TEXTS.size())));
    }

    private static Obj object(Random random, int depth) {
        Map<String, GraphTree> members = new LinkedHashMap<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            members.put(KEYS.get(random.nextInt(KEYS.size())), any(random, depth));
        }
        return object(members);
    }

    private static Obj object(Map<String, GraphTree> members) {
        List<Member> list = new ArrayList<>();
        members.forEach((key, value) -> list.add(new Member(NOWHERE, key, value)));
        return new Obj(NOWHERE, list);
    }

    private static Obj manifest(Random random) {
        Map<String, GraphTree> members = new LinkedHashMap<>();
        members.put("name", text(random));
        object(random, 0).members().forEach(it -> members.putIfAbsent(it.key(), it.value()));
        for (String key : List.of("nodes", "flows", "constraints", "types", "objectives", "labels")) {
            if (random.nextInt(3) > 0) {
                members.put(key, Manifests.part(key, random, () -> any(random, 3)));
            }
        }
        return object(members);
    }

    @Property(tries = 1_500)
    void shouldComeBackFromTheLanguage(@ForAll long seed) throws IOException {
        Obj manifest = manifest(new Random(seed));
        JsonNode json = Checked.json(manifest);
        String text = Checked.LANGUAGE.write(manifest);
        assertEquals(json, Checked.tree(text), text);
        // And from the text once more: what is written of it is the same text, and the usual layout leaves it as it is.
        Obj again = (Obj) Checked.parse(text).tree().orElseThrow();
        String second = Checked.LANGUAGE.write(again);
        assertEquals(json, Checked.tree(second), second);
        assertEquals(second, Checked.LANGUAGE.write((Obj)
                Checked.parse(second).tree().orElseThrow()));
        assertEquals(text, Checked.LANGUAGE.format("f", text).text().orElseThrow());
    }

    /** Space and comments put anywhere that they may stand change nothing, and the layout of such a text is settled at once. */
    @Property(tries = 800)
    void shouldLayOutAnyTextOnceAndForAll(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Obj manifest = manifest(random);
        String text = Messy.of(Checked.LANGUAGE.write(manifest), random);
        JsonNode json = Checked.json(manifest);
        assertEquals(json, Checked.tree(text), text);
        String laidOut = Checked.LANGUAGE.format("f", text).text().orElseThrow();
        assertEquals(json, Checked.tree(laidOut), laidOut);
        assertEquals(Messy.comments(text), Messy.comments(laidOut), text + "\n->\n" + laidOut);
        assertEquals(laidOut, Checked.LANGUAGE.format("f", laidOut).text().orElseThrow(), text);
    }
}
