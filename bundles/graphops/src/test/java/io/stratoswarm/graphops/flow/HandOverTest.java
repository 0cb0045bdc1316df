package io.stratoswarm.graphops.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.core.graph.Wiring;
import io.stratoswarm.core.manifest.ManifestParser;
import io.stratoswarm.graphops.language.GraphLanguage;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who hands state to whom, and by which key. */
class HandOverTest {
    private static final String GRAPH = """
            graph shop {
              node gen { run gen }
              node count { run count
                label state = by-key
                label state-key = user }
              flow gen -> count { data json }
            }
            """;

    private static NodeSpec node() {
        var result = ManifestParser.parse(
                GraphSource.of("test.graph", GRAPH),
                new ManifestParser.Extensions(List.of(new GraphLanguage()), List.of(), true));
        var manifest = result.manifest().orElseThrow(() -> new AssertionError(result.errors()));
        return Wiring.derive(manifest.nodes(), manifest.flows()).stream()
                .filter(it -> it.id().equals("count"))
                .findFirst()
                .orElseThrow();
    }

    private static Wired wired(Member... members) {
        return HandOver.of(node(), List.of(members), (end, member) -> new Port(member.agent(), end.channel(), false));
    }

    private static Member member(int number, int slot, int share, boolean draining) {
        return new Member(number, "shop/count." + number, slot, false, share, draining);
    }

    @Test
    void shouldGiveTheNodeTwoChannelsMore() {
        assertEquals(
                List.of("stdin", "state-in", "state-out"),
                node().agent().wires().stream().map(AgentSpec.Wire::channel).toList());
    }

    @Test
    void shouldTakeAndDropStateWhereNobodyFollows() {
        Wired idle = wired(member(0, 0, Member.ALL, false), member(1, 1, Member.ALL, false));
        assertTrue(idle.over(), "those who wait for state are told that there is none");
        assertEquals(1, idle.spec().transforms().size(), "nothing passes");
        assertEquals(2, idle.sources().size());
        assertEquals(2, idle.targets().size());
    }

    @Test
    void shouldHandItToThoseThatWaitByTheKeyOfTheirRecords() {
        for (boolean draining : List.of(false, true)) {
            Member old = member(0, 0, draining ? 0 : Member.ALL, draining);
            Wired moving = wired(old, member(1, 0, 0, false), member(2, 1, 0, false));
            assertFalse(moving.over());
            assertTrue(moving.leaving(), "it ends when they take over, and not before");
            assertEquals(List.of(new Port("shop/count.0", "state-out", false)), moving.sources());
            assertEquals(new Routing.KeyHash("key"), moving.spec().routing());
            assertEquals(
                    List.of("shop/count.0.state-in 0", "shop/count.1.state-in 1000", "shop/count.2.state-in 1000"),
                    moving.targets().stream()
                            .map(it -> it.port() + " " + it.share())
                            .toList());
            End records = new End("count", "stdin");
            List<Long> slots = Stream.of(old, member(1, 0, 0, false), member(2, 1, 0, false))
                    .map(it -> Target.of(new Port(it.agent(), "stdin", false), records, it)
                            .slotKey())
                    .toList();
            assertEquals(slots, moving.targets().stream().map(Target::slotKey).toList());
        }
    }
}
