package io.stratoswarm.core.script.kinds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.core.script.JsonNodes;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What scripts are given, of the shapes in {@link Schemas}. */
final class Shapes {
    private Shapes() {}

    static ObjectNode object() {
        return JsonNodes.MAPPER.createObjectNode();
    }

    static String time(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L))
                .toString();
    }

    static ObjectNode agent(AgentStatus agent) {
        ObjectNode node = object().put("id", agent.id())
                .put("graph", agent.graph())
                .put("node", agent.node())
                .put("replica", agent.replica())
                .put("phase", agent.phase().name().toLowerCase(Locale.ROOT))
                .put("reason", agent.reason())
                .put("since", time(agent.sinceNanos()));
        agent.pid().ifPresent(pid -> node.put("pid", pid));
        agent.startedNanos().ifPresent(nanos -> node.put("started", time(nanos)));
        node.put("incarnation", agent.incarnation()).put("restarts", agent.restarts());
        agent.lastExit().ifPresent(exit -> node.put("lastExit", exit));
        return node.put("command", agent.command());
    }

    static ArrayNode agents(List<AgentStatus> agents) {
        ArrayNode array = JsonNodes.MAPPER.createArrayNode();
        agents.forEach(agent -> array.add(agent(agent)));
        return array;
    }

    /** The last lines of an agent; none where it is not there. */
    static ArrayNode log(Agents agents, String id, int lines) {
        ArrayNode array = JsonNodes.MAPPER.createArrayNode();
        if (lines > 0 && !id.isEmpty() && agents.get(id).isPresent()) {
            for (LogLine line : agents.log(id, lines)) {
                ObjectNode node = array.addObject();
                if (line.timeMillis() != 0) {
                    node.put("time", Instant.ofEpochMilli(line.timeMillis()).toString());
                }
                node.put("stream", line.stream()).put("text", line.text());
            }
        }
        return array;
    }

    static ObjectNode event(Event event) {
        ObjectNode node = object().put("sequence", event.sequence())
                .put("time", time(event.timeNanos()))
                .put("type", event.type())
                .put("source", event.source())
                .put("subject", event.subject())
                .put("actor", event.actor());
        node.set("payload", payload(event));
        return node;
    }

    static JsonNode payload(Event event) {
        if (event.mediaType().equals(EventDraft.JSON)) {
            try {
                JsonNode payload = JsonNodes.parse(event.payloadText());
                if (payload.isObject()) {
                    return payload;
                }
            } catch (JsonProcessingException e) {
                // Said to be JSON and is not: the script sees what a payload of another type looks like.
                return object();
            }
        }
        return object();
    }

    /** The agent that an event is about; empty where it is about none. */
    static String agentOf(Event event) {
        return event.subject().startsWith("agent/")
                ? event.subject().substring("agent/".length())
                : payload(event).path("agent").asText("");
    }

    /** What a selector names; {@code *} names all. */
    static List<AgentStatus> selected(Agents agents, Optional<String> selector) {
        if (selector.isEmpty()) {
            return List.of();
        }
        String wanted = selector.get();
        return agents.list().stream()
                .filter(agent -> wanted.equals("*")
                        || agent.id().equals(wanted)
                        || agent.graph().equals(wanted)
                        || wanted.equals(agent.graph() + "/" + agent.node()))
                .toList();
    }
}
