package io.stratoswarm.graphops.transform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.Graphs;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is refused, and with which words. */
class KindsTest {
    private static final String FAN = """
            graph shop {
              node gen { run gen }
              node one { run same
                label state = none }
              node two { run same
                label state = none }
              node keeps { run keeps }
              flow gen -> one, two { data json
                route round-robin }
              flow one -> keeps
              flow two -> keeps
            }
            """;

    private static void refused(
            String graph, String kind, Map<String, String> arguments, String fragment, String says) {
        Graphs.Declaration now = Shops.graph(graph);
        StratoswarmException refusal = assertThrows(StratoswarmException.class, () -> {
            Target target = Shops.target(now, kind, arguments, fragment);
            Invariants.check(now, target, kind);
        });
        assertTrue(String.valueOf(refusal.getMessage()).contains(says), refusal.getMessage());
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        refused(Shops.CHAIN, "explode", Map.of(), "", "there is no transform 'explode'");
        refused(Shops.CHAIN, "split", Map.of(), "", "split needs 'node'");
        refused(Shops.CHAIN, "split", Map.of("node", "wrok"), "", "has no node 'wrok'; it has gen, keep, work");
        refused(Shops.CHAIN, "split", Map.of("node", "work", "into", "many"), "", "must be a number");
        refused(Shops.CHAIN, "split", Map.of("node", "work", "into", "1"), "", "2 to 1000");
        refused(Shops.CHAIN, "split", Map.of("node", "work", "into", "2", "route", "best"), "", "'route' must be");
        refused(Shops.CHAIN, "split", Map.of("node", "work", "into", "2", "colour", "red"), "", "no argument 'colour'");
        refused(Shops.CHAIN, "split", Map.of("node", "work", "cases", "hot level > 4"), "", "no colon");
        refused(
                Shops.CHAIN,
                "split",
                Map.of("node", "work", "cases", "a: level >; b: otherwise"),
                "",
                "cannot be read");
        refused(Shops.CHAIN, "insert", Map.of("flow", "gen-work"), "", "needs a file");
        refused(Shops.CHAIN, "insert", Map.of("flow", "gen-work"), "graph x { node work { run w } }", "already");
        refused(Shops.CHAIN, "merge", Map.of("nodes", "work"), "", "to have more, split it");
    }

    @Test
    void shouldRefuseStateThatNothingHandsOver() {
        refused(Shops.CHAIN, "split", Map.of("node", "keep", "into", "2"), "", "label state=none");
        refused(
                Shops.CHAIN.replace("state = none", "state = much"),
                "parallelize",
                Map.of("path", "work", "lanes", "2", "key", "k"),
                "",
                "keep state (much)");
        refused(
                Shops.KEYED,
                "split",
                Map.of("node", "work", "cases", "a: level > 4; b: otherwise"),
                "",
                "within the node alone");
    }

    @Test
    void shouldSpreadStateByItsKeyAlone() {
        Graphs.Declaration now = Shops.graph(Shops.KEYED);
        Target target = Shops.target(now, "split", Map.of("node", "work", "into", "2"), "");
        assertEquals(
                new FlowSpec.Routing.KeyHash("user"),
                Shops.at(target.flows(), "gen-work").routing());
        Invariants.check(now, target, "split");
        refused(
                Shops.KEYED,
                "split",
                Map.of("node", "work", "into", "2", "route", "least-loaded"),
                "",
                "must choose among them by the key 'user'");
        refused(
                Shops.KEYED,
                "parallelize",
                Map.of("path", "work", "lanes", "2", "key", "k"),
                "",
                "must choose among them by the key 'user'");
    }

    @Test
    void shouldRefuseWhatWouldLeaveRecordsNowhere() {
        refused(Shops.CHAIN, "remove", Map.of("node", "keep"), "", "its records would go nowhere");
        refused(FAN, "remove", Map.of("node", "one"), "", "reroute one of them first");
        refused(
                FAN,
                "insert",
                Map.of("flow", "gen-one"),
                "graph x { node mid { run m\n channel stdin in {\n data text\n } } }",
                "mid.stdin is for text");
    }

    @Test
    void shouldRefuseABrokenPromise() {
        String durable = Shops.CHAIN.replace(
                "flow gen -> work { data json }",
                "flow gen -> work { data json\n delivery at-least-once ack one-to-one }");
        Graphs.Declaration now = Shops.graph(durable);
        Target kept = Shops.target(
                now, "insert", Map.of("flow", "gen-work"), "graph x { node mid { run m\n label state = none } }");
        Invariants.check(now, kept, "insert");
        assertTrue(Shops.at(kept.flows(), "gen-work-mid").delivery() instanceof FlowSpec.Delivery.AtLeastOnce);
        Target weaker = new Target.Draft(Shops.graph(Shops.CHAIN)).target();
        StratoswarmException refusal =
                assertThrows(StratoswarmException.class, () -> Invariants.check(now, weaker, "reroute"));
        assertTrue(String.valueOf(refusal.getMessage()).contains("delivers at least once"), refusal.getMessage());
    }

    @Test
    void shouldMergeNodesThatAreAlike() {
        Graphs.Declaration now = Shops.graph(FAN);
        Target target = Shops.target(now, "merge", Map.of("nodes", "one,two"), "");
        assertEquals(1, Shops.at(target.flows(), "gen-one").to().size());
        assertTrue(Shops.at(target.flows(), "gen-one").routing() instanceof FlowSpec.Routing.Copy);
        assertEquals(2, target.flows().size(), "the flow of the one that goes is like that of the one that stays");
        Invariants.check(now, target, "merge");
        refused(
                FAN.replaceFirst("run same", "run other"),
                "merge",
                Map.of("nodes", "one,two"),
                "",
                "not declared alike");
    }

    @Test
    void shouldLeaveEverythingElseAsItIs() {
        Graphs.Declaration now = Shops.graph(FAN);
        Target target = Shops.target(
                now, "insert", Map.of("flow", "gen-one"), "graph x { node mid { run m\n label state = none } }");
        assertEquals(now.flows().get(1), Shops.at(target.flows(), "one-keeps"));
        assertEquals(
                now.flows().getFirst().routing(),
                Shops.at(target.flows(), "gen-one-mid").routing(),
                "who chose chooses behind it");
    }
}
