package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class EventTextTest {
    @Test
    void shouldSayInOneShortLineWhatAnEventSays() throws IOException {
        assertEquals(
                "run 3, a restart: exit 1 after 0.4 s",
                said(
                        "AgentStartRequested",
                        "{\"at\":1,\"why\":\"exit 1 after 0.4 s\",\"restart\":true,\"streak\":2,\"incarnation\":3}"));
        assertEquals("run 1: first start", said("AgentStartRequested", "{\"why\":\"first start\",\"incarnation\":1}"));
        assertEquals("run 1, pid 42, ready", said("AgentStarted", "{\"incarnation\":1,\"pid\":42,\"ready\":true}"));
        assertEquals("signal KILL", said("AgentExited", "{\"at\":1,\"code\":-1,\"why\":\"signal KILL\"}"));
        assertEquals("restart 4 in 250 ms", said("AgentRestartScheduled", "{\"number\":4,\"delayMillis\":250}"));
        assertEquals("2: a, b", said("AgentsAdopted", "{\"count\":2,\"agents\":[\"a\",\"b\"]}"));
        assertEquals(
                "api x2, after db",
                said(
                        "NodeDeclared",
                        "{\"node\":\"api\",\"replicas\":2,\"dependsOn\":[{\"node\":\"db\",\"condition\":\"READY\"}]}"));
        assertEquals(
                "colour=red depth=3 names=a, b more={1} hash=0123456789ab…",
                said(
                        "SomethingNew",
                        "{\"at\":7,\"colour\":\"red\",\"depth\":3,\"names\":[\"a\",\"b\"],\"more\":{\"x\":1},\"hash\":\""
                                + "0123456789abcdef".repeat(4) + "\"}"));
        assertEquals(
                "generation 3: update node web: changed without a restart: replicas 1 -> 3",
                said(
                        "GraphEdited",
                        "{\"at\":7,\"generation\":3,\"changes\":[\"update node web: changed without a restart: replicas 1 -> 3\"]}"));
        assertEquals(
                "a-b, a.stdout -> b.stdin",
                said(
                        "FlowDeclared",
                        "{\"flow\":{\"id\":\"a-b\",\"from\":{\"node\":\"a\",\"channel\":\"stdout\"},"
                                + "\"to\":[{\"node\":\"b\",\"channel\":\"stdin\"}]}}"));
        assertEquals("[1]", said("SomethingNew", "[1]"));
        assertEquals("", said("SomethingNew", "{}"));
        assertEquals(
                "(text/plain)",
                EventText.of(JsonText.object("{\"payloadBase64\":\"eA==\",\"mediaType\":\"text/plain\"}")));
    }

    private static String said(String type, String payload) throws IOException {
        return EventText.of(JsonText.object("{\"type\":\"" + type + "\",\"payload\":" + payload + "}"));
    }
}
