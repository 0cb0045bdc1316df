package io.stratoswarm.core.decision;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.DecisionGate.Finding;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.core.manifest.ManifestParser;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PolicyGateTest {
    private static final String SHOP = """
            {"name": "shop", "nodes": [
              {"id": "web", "command": ["/bin/sleep", "9"], "policies": ["gentle", "careful"]},
              {"id": "web-cache", "command": ["/bin/sleep", "9"]}]}""";

    private final PolicyGate gate = new PolicyGate(() -> Optional.of(graphs()), () -> Optional.of(agents()));

    private static <T> T only(Class<T> type, Map<String, Function<Object[], Object>> methods) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, given) ->
                        Objects.requireNonNull(methods.get(method.getName())).apply(given)));
    }

    private static Graphs graphs() {
        var manifest = ManifestParser.parse("shop.json", SHOP).manifest().orElseThrow();
        var declared = new Graphs.Declaration(
                "shop", 1, false, manifest.nodes(), List.of(), List.of(), List.of(), Map.of(), Set.of());
        return only(
                Graphs.class,
                Map.of(
                        "list", given -> List.of(new Graphs.Summary("shop", 1, "", List.of())),
                        "declaration", given -> Optional.of(declared)));
    }

    private static Agents agents() {
        return only(
                Agents.class,
                Map.of(
                        "get",
                        given -> List.of("shop/web.1", "shop/web-cache").stream()
                                .filter(given[0]::equals)
                                .map(id -> agent(id, id.endsWith("cache") ? "web-cache" : "web"))
                                .findFirst()));
    }

    private static AgentStatus agent(String id, String node) {
        return new AgentStatus(
                id,
                "shop",
                node,
                0,
                AgentPhase.READY,
                "",
                0,
                OptionalInt.empty(),
                OptionalLong.empty(),
                1,
                0,
                Optional.empty(),
                "",
                Optional.empty());
    }

    private List<Finding> judge(String script, String type, String selector) {
        return gate.judge(
                new DecisionRecorded(
                        "d",
                        selector,
                        type,
                        script.isEmpty() ? Map.of() : Map.of("script", '"' + script + '"'),
                        List.of(),
                        "why",
                        1,
                        Map.of()),
                new DecisionOrigin("scripts", "script/s", "script:s", List.of()));
    }

    @Test
    void shouldLeaveANodeToTheScriptsThatItNames() {
        for (String selector : List.of("shop", "shop/web", "shop/web.0", "shop/web.1")) {
            List<Finding> found = judge("hasty", "restart", selector);
            assertEquals(1, found.size(), selector);
            assertEquals(Ruling.DENY, found.getFirst().ruling());
            assertEquals("policies/shop/web", found.getFirst().rule());
            assertEquals(
                    "only gentle, careful may decide for node web of graph shop (policies), not hasty",
                    found.getFirst().message());
            assertEquals(List.of(), judge("careful", "restart", selector), selector);
        }
    }

    @Test
    void shouldLeaveAllElseAlone() {
        assertEquals(List.of(), judge("hasty", "restart", "shop/web-cache"));
        assertEquals(List.of(), judge("hasty", "restart", "shop/web-cache.0"));
        assertEquals(List.of(), judge("", "restart", "shop/web"), "a person, or what is built in");
        assertEquals(List.of(), judge("hasty", "transform split", "shop"), "judged where it is planned");
    }
}
