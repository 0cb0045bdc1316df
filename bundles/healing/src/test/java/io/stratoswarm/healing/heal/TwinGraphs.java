package io.stratoswarm.healing.heal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;

/** Graphs in memory, whose services are ready at once, and whose jobs wait. */
final class TwinGraphs {
    final Map<String, Graphs.Declaration> all = new ConcurrentSkipListMap<>();
    private final HealingRig rig;

    TwinGraphs(HealingRig rig) {
        this.rig = rig;
    }

    void apply(String name, List<NodeSpec> nodes) {
        long generation = Optional.ofNullable(all.get(name))
                        .map(Graphs.Declaration::generation)
                        .orElse(0L)
                + 1;
        all.put(name, new Graphs.Declaration(name, generation, false, nodes, List.of(), List.of(), List.of()));
        for (NodeSpec node : nodes) {
            String id = name + "/" + node.id();
            rig.specs.put(id, node.agent());
            if (!rig.agents.containsKey(id)) {
                rig.put(id, node.agent().lifecycle().waits() ? AgentPhase.WAITING : AgentPhase.READY);
                if (node.agent().liveness().isPresent()) {
                    rig.probed(id, true);
                }
            }
        }
    }

    private void delete(String name) {
        all.remove(name);
        rig.agents.keySet().removeIf(id -> id.startsWith(name + "/"));
    }

    Graphs service() {
        return (Graphs) Proxy.newProxyInstance(
                Graphs.class.getClassLoader(), new Class<?>[] {Graphs.class}, (proxy, method, given) -> {
                    switch (method.getName()) {
                        case "apply" -> {
                            GraphManifest manifest = (GraphManifest) given[0];
                            apply(manifest.name(), manifest.nodes());
                            return CompletableFuture.completedFuture(new Graphs.Applied(manifest.name(), 1, List.of()));
                        }
                        case "delete" -> {
                            delete((String) given[0]);
                            return CompletableFuture.completedFuture(null);
                        }
                        case "declaration" -> {
                            return Optional.ofNullable(all.get((String) given[0]));
                        }
                        case "list" -> {
                            return all.keySet().stream()
                                    .map(name -> new Graphs.Summary(name, 1, "", List.of()))
                                    .toList();
                        }
                        case "source" -> throw new StratoswarmException(Kind.NOT_FOUND, "they have no source");
                        default -> throw new AssertionError(method.getName());
                    }
                });
    }
}
