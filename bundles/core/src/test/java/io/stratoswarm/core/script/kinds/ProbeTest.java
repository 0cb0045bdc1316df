package io.stratoswarm.core.script.kinds;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.core.script.JsonNodes;
import io.stratoswarm.core.script.SchemaChecker;
import io.stratoswarm.core.script.kinds.KindRig.FakeScript;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ProbeTest {
    private static final String METRIC =
            "{\"every\": \"2s\", \"agents\": \"*\", \"log\": 3, \"metric\": {\"name\": \"queue_length\", \"help\": \"jobs\"}}";

    @TempDir
    Path root;

    private KindRig rig;

    @BeforeEach
    void open() {
        rig = new KindRig(root);
    }

    @Test
    void shouldMeasureEachAgentThatRuns() {
        ProbeKind kind = rig.probes();
        FakeScript script = new FakeScript("p", kind, METRIC, input -> "{\"value\": 5}");
        kind.loaded(script);
        assertEquals(2_000, rig.alarms.getFirst().millis);
        rig.ring();

        assertEquals(1, script.inputs.size(), "what does not run has nothing to be measured");
        JsonNode input = JsonNodes.known(script.inputs.getFirst());
        assertEquals(Optional.empty(), SchemaChecker.of(Schemas.PROBE_INPUT).wrong(input));
        assertEquals(4096, input.at("/metrics/memory_resident_bytes").intValue());
        assertEquals(
                5, input.path("metrics").path("disk_free_bytes{device=sda}").intValue());
        assertEquals(2, input.path("metrics").size(), "what is not known is left out");
        assertEquals(1, input.path("log").size());
        assertEquals(
                List.of(new Sample(
                        Series.of("shop/web", "queue_length"),
                        rig.clock.instant().toEpochMilli(),
                        5)),
                rig.metrics.samples);
        assertEquals(List.of(new MetricInfo("queue_length", MetricInfo.Kind.GAUGE, "", "jobs")), rig.metrics.infos);
        rig.ring();
        assertEquals(2, rig.metrics.samples.size());
        kind.unloaded("p");
        rig.ring();
        assertEquals(2, rig.metrics.samples.size(), "unloading cancels its timer");
    }

    @Test
    void shouldMeasureTheHost() {
        ProbeKind kind = rig.probes();
        kind.loaded(new FakeScript(
                "p",
                kind,
                "{\"metrics\": [{\"name\": \"a\"}, {\"name\": \"b_total\", \"kind\": \"counter\"}]}",
                input -> "{\"metrics\": {\"a\": 1, \"b_total\": 2}}"));
        assertEquals(10_000, rig.alarms.getFirst().millis);
        rig.ring();
        assertEquals(
                List.of("host a", "host b_total"),
                rig.metrics.samples.stream()
                        .map(sample -> sample.series().subject() + " "
                                + sample.series().name())
                        .toList());
        kind.unloaded("p");
    }

    @Test
    void shouldTellOfAChangeOfHealthOnce() {
        ProbeKind kind = rig.probes();
        boolean[] healthy = {false};
        kind.loaded(new FakeScript(
                "p",
                kind,
                "{\"agents\": \"shop/web\", \"health\": true, \"failureThreshold\": 2}",
                input -> "{\"healthy\": " + healthy[0] + ", \"reason\": \"queue is full\"}"));
        rig.ring();
        assertEquals(List.of(), rig.types());
        rig.ring();
        rig.ring();
        assertEquals(List.of("AgentProbeFailed"), rig.types());
        JsonNode said = Shapes.payload(rig.journal.events().getFirst());
        assertEquals("shop/web", said.path("agent").asText());
        assertEquals("queue is full", said.path("reason").asText());
        assertEquals("shop/web", Shapes.agentOf(rig.journal.events().getFirst()), "reactions find the agent");
        healthy[0] = true;
        rig.ring();
        rig.ring();
        assertEquals(List.of("AgentProbeFailed", "AgentProbeRecovered"), rig.types());
        kind.unloaded("p");
    }

    @Test
    void shouldTakeNoNumberThatTheHeaderDoesNotDeclare() {
        ProbeKind kind = rig.probes();
        FakeScript script = new FakeScript("p", kind, METRIC, input -> "{}");
        SchemaChecker schema = SchemaChecker.of(kind.outputSchema(script.header()));
        assertEquals("", wrong(schema, "{\"value\": 1}"));
        assertEquals("value: must be number, not \"1\"", wrong(schema, "{\"value\": \"1\"}"));
        assertEquals(
                "metrics.queue_lenght: is not known here; did you mean 'queue_length'?",
                wrong(schema, "{\"metrics\": {\"queue_lenght\": 1}}"));
        assertTrue(wrong(schema, "{\"healthy\": true}").startsWith("healthy: is not known here"));
    }

    @Test
    void shouldNameWhatIsWrongWithSettings() {
        ProbeKind kind = rig.probes();
        assertTrue(refusal(kind, "{}").startsWith("metric: a probe needs"));
        assertEquals(
                "metric: a metric's name matches [a-z][a-z0-9_]{0,99}: 'Queue-Length'",
                refusal(kind, "{\"metric\": {\"name\": \"Queue-Length\"}}"));
        assertEquals(
                "metric: unknown key 'nmae'; did you mean 'name'?\nmetric: a metric's name matches [a-z][a-z0-9_]{0,99}: ''",
                refusal(kind, "{\"metric\": {\"nmae\": \"x\"}}"));
        assertEquals("health: must be true or false, not \"yes\"", refusal(kind, "{\"health\": \"yes\"}"));
    }

    private static String refusal(ProbeKind kind, String settings) {
        return String.valueOf(
                assertThrows(StratoswarmException.class, () -> new FakeScript("p", kind, settings, input -> "{}"))
                        .getMessage());
    }

    private static String wrong(SchemaChecker schema, String value) {
        return schema.wrong(JsonNodes.known(value)).orElse("");
    }
}
