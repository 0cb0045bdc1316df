package io.stratoswarm.audit.capture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.capture.Captures.Agent;
import io.stratoswarm.api.capture.Captures.Capture;
import io.stratoswarm.api.journal.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/** What is kept and told of a capture as a whole. The root and the number of parts are not kept: they follow from the parts. */
final class CaptureCodec {
    /** An event has room for 65,535 bytes. */
    private static final int MOST_AGENTS = 200;

    private static final int MOST_PROBLEM = 200;

    private CaptureCodec() {}

    static String meta(Capture capture) {
        ObjectNode node = common(capture);
        ArrayNode agents = node.putArray("agents");
        capture.agents().forEach(it -> agents.add(agent(it, Integer.MAX_VALUE)));
        return Json.text(node.put("time", capture.timeNanos())
                .put("actor", capture.actor())
                .put("reason", capture.reason()));
    }

    /** The payload of {@code StateCaptured}. */
    static String event(Capture capture) {
        ObjectNode node = common(capture).put("root", capture.root()).put("parts", capture.parts());
        ArrayNode agents = node.putArray("agents");
        capture.agents().stream().limit(MOST_AGENTS).forEach(it -> agents.add(agent(it, 1)));
        if (capture.agents().size() > MOST_AGENTS) {
            node.put("furtherAgents", capture.agents().size() - MOST_AGENTS);
        }
        return Json.text(node.put("partial", capture.partial()).put("reason", capture.reason()));
    }

    private static ObjectNode common(Capture capture) {
        ObjectNode node = Json.object()
                .put("number", capture.number())
                .put("mode", capture.mode())
                .put("consistent", capture.consistent())
                .put("spreadMicros", capture.spreadMicros())
                .put("bytes", capture.bytes())
                .put("pages", capture.pages())
                .put("changedPages", capture.changedPages())
                .put("storedBytes", capture.storedBytes())
                .put("wallMicros", capture.wallMicros());
        node.putObject("checkpoint")
                .put("journal", capture.checkpoint().journal().toString())
                .put("size", capture.checkpoint().size())
                .put("rootHash", capture.checkpoint().rootHash());
        return node;
    }

    private static ObjectNode agent(Agent agent, int mostProblems) {
        ObjectNode node = Json.object().put("id", agent.id());
        ArrayNode pids = node.putArray("pids");
        agent.pids().stream().limit(mostProblems == 1 ? 16 : Long.MAX_VALUE).forEach(pids::add);
        node.put("threads", agent.threads())
                .put("stoppedMicros", agent.stoppedMicros())
                .put("stoppedAtMicros", agent.stoppedAtMicros())
                .put("bytes", agent.bytes());
        List<String> problems = agent.problems();
        node.set(
                "problems",
                Json.texts(problems.stream()
                        .limit(mostProblems)
                        .map(it -> mostProblems == 1 && it.length() > MOST_PROBLEM ? it.substring(0, MOST_PROBLEM) : it)
                        .toList()));
        return node;
    }

    static Capture read(long number, String meta, String root, long parts, OptionalLong event) {
        JsonNode node = Json.parse(meta);
        List<Agent> agents = new ArrayList<>();
        node.path("agents").forEach(it -> {
            List<Integer> pids = new ArrayList<>();
            it.path("pids").forEach(pid -> pids.add(pid.asInt()));
            List<String> problems = new ArrayList<>();
            it.path("problems").forEach(text -> problems.add(text.asText()));
            agents.add(new Agent(
                    it.path("id").asText(),
                    pids,
                    it.path("threads").asInt(),
                    it.path("stoppedMicros").asLong(),
                    it.path("stoppedAtMicros").asLong(),
                    it.path("bytes").asLong(),
                    problems));
        });
        JsonNode checkpoint = node.path("checkpoint");
        return new Captures.Capture(
                number,
                node.path("time").asLong(),
                node.path("actor").asText(),
                node.path("reason").asText(),
                node.path("mode").asText(),
                node.path("consistent").asBoolean(),
                agents,
                node.path("spreadMicros").asLong(),
                root,
                parts,
                node.path("bytes").asLong(),
                node.path("pages").asLong(),
                node.path("changedPages").asLong(),
                node.path("storedBytes").asLong(),
                node.path("wallMicros").asLong(),
                new Checkpoint(
                        UUID.fromString(checkpoint.path("journal").asText()),
                        checkpoint.path("size").asLong(),
                        checkpoint.path("rootHash").asText()),
                event);
    }
}
