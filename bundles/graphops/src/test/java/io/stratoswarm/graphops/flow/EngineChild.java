package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A process that runs the flows of {@link KilledEngineTest} until it is killed. */
final class EngineChild {
    private EngineChild() {}

    static List<Wired> flows() {
        return List.of(
                Rig.wired(Rig.lines("plain", new Routing.Copy()), List.of("g/a"), List.of("g/b")),
                Rig.wired(
                        Rig.flow(
                                "spread",
                                "a",
                                List.of("c"),
                                Framing.LINES,
                                new Routing.RoundRobin(),
                                Optional.empty(),
                                1 << 20),
                        List.of("g/a"),
                        List.of("g/c.0", "g/c.1")));
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        try (Rig rig = new Rig(folder)) {
            for (String agent : List.of("g/a", "g/b", "g/c.0", "g/c.1")) {
                rig.agents.put(agent, new GraphNow.Agent(io.stratoswarm.api.agent.AgentPhase.READY, 1, false));
            }
            rig.apply(flows());
            Files.createFile(Path.of(arguments[1]));
            Thread.sleep(600_000);
        }
    }
}
