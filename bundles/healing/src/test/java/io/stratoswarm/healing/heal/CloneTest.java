package io.stratoswarm.healing.heal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.core.manifest.ManifestParser;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloneTest {
    private static final String JOBS =
            ",{'id':'fill','lifecycle':'manual','command':['fill'],'labels':{'healing.fault':'disk-full'}}"
                    + ",{'id':'empty','lifecycle':'manual','command':['empty'],'labels':{'healing.remedy':'*','healing.clone':'yes'}}"
                    + ",{'id':'page','lifecycle':'manual','command':['page'],'labels':{'healing.remedy':'*'}}"
                    + ",{'id':'db','command':['db']}";

    private static Graphs.Declaration graph(String web, String more) {
        String text = ("{'name':'shop','nodes':[{'id':'web'," + web + "}" + JOBS + "]" + more + "}").replace('\'', '"');
        ManifestResult read = ManifestParser.parse("shop.json", text);
        GraphManifest manifest = read.manifest()
                .orElseThrow(() -> new AssertionError(read.errors().toString()));
        return new Graphs.Declaration("shop", 1, false, manifest.nodes(), manifest.flows(), List.of(), List.of());
    }

    private static Clone of(String web, String label) {
        return Clone.of(graph(web, ""), "web", label, Set.of(label));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'command':['w']                                                          | does not have the label healing.clone
            'command':['w'],'lifecycle':'oneshot','labels':{'healing.clone':'yes'}    | no process that runs all the time
            'command':['w'],'labels':{'healing.clone':'please'}                      | not 'please'
            'command':['w'],'labels':{'healing.clone':'yes 1X=2'}                    | not '1X=2'
            'command':['w'],'labels':{'healing.clone':'yes'},'liveness':{'tcp':{'host':'127.0.0.1','port':80}} | its probe asks an address
            'command':['w'],'labels':{'healing.clone':'yes'},'metrics':{'http':{'port':9000}} | it serves metrics at a port
            """)
    void shouldSayWhyThereIsNone(String web, String why) {
        StratoswarmException refused = assertThrows(StratoswarmException.class, () -> of(web, "random-crash"));
        assertEquals(Kind.CONFLICT, refused.kind());
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.startsWith("a clone of shop/web is not possible, because "), message);
        assertTrue(message.contains(why), message);
    }

    @Test
    void shouldNotCloneWhatNobodyCanBreakOrRecordsFlowTo() {
        String web = "'command':['w'],'labels':{'healing.clone':'yes'}";
        String noFault = said(() -> of(web, "memory-leak"));
        assertTrue(noFault.contains("nothing makes a fault of class memory-leak"), noFault);
        String noProbe = said(() -> of(web, "deadlock"));
        assertTrue(noProbe.contains("without a liveness probe nobody notices that it hangs"), noProbe);
        Graphs.Declaration flowing = graph(web, ",'flows':[{'id':'f','from':'db','to':'web'}]");
        String flow = said(() -> Clone.of(flowing, "web", "random-crash", Set.of("random-crash")));
        assertTrue(flow.contains("records flow to or from it"), flow);
    }

    private static String said(Executable refused) {
        return String.valueOf(assertThrows(StratoswarmException.class, refused).getMessage());
    }

    @Test
    void shouldBeAloneWithinLimits() {
        Clone clone = of(
                "'command':['w'],'environment':{'A':'1','PORT':'80'},'dependsOn':['db'],'replicas':3,"
                        + "'resources':{'pids':7},'labels':{'healing.clone':'PORT=0 DIR=/tmp/c'}",
                "disk-full");
        GraphManifest first = clone.manifest(Clone.graph(12), Optional.empty());
        assertEquals("healing-clone-12", first.name());
        assertEquals(List.of("empty", "web"), ids(first), "what it depends on and what was not allowed stay behind");
        NodeSpec web = first.nodes().getLast();
        assertEquals(
                Map.of("A", "1", "PORT", "0", "DIR", "/tmp/c", "STRATOSWARM_CLONE_OF", "shop/web"),
                web.agent().environment());
        assertEquals(
                new AgentSpec.Resources(Optional.of(1.0), OptionalLong.of(1L << 30), OptionalLong.of(7)),
                web.agent().resources());
        assertEquals(1, web.replicas());
        assertEquals(List.of(), web.dependsOn());
        assertEquals(List.of(), first.flows());

        GraphManifest broken = clone.manifest(Clone.graph(12), Optional.of(77));
        assertEquals(first.nodes(), broken.nodes().subList(0, 2), "so that it goes on as it is");
        AgentSpec fault = broken.nodes().getLast().agent();
        assertEquals(List.of("fill"), fault.command());
        assertEquals("77", Objects.requireNonNull(fault.environment().get("STRATOSWARM_CLONE_PID")));
    }

    private static List<String> ids(GraphManifest manifest) {
        return manifest.nodes().stream().map(NodeSpec::id).toList();
    }

    @Test
    void shouldKnowClonesByTheirNames() {
        assertTrue(Clone.is(Clone.graph(12) + "/web"));
        assertFalse(Clone.is("healing-clone-mine/web"));
        assertFalse(Clone.is("shop/web"));
        assertEquals(OptionalLong.of(12), Clone.trial("healing-clone-12"));
        assertEquals(OptionalLong.empty(), Clone.trial("healing-clone-"));
    }
}
