package io.stratoswarm.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.capture.Captures;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** JSON of captures. */
final class CaptureShapes {
    private CaptureShapes() {}

    static ObjectNode capture(Captures.Capture capture) {
        ObjectNode node = Json.object()
                .put("number", capture.number())
                .put("time", Shapes.time(capture.timeNanos()))
                .put("actor", capture.actor())
                .put("reason", capture.reason())
                .put("mode", capture.mode())
                .put("consistent", capture.consistent())
                .put("partial", capture.partial())
                .put("spreadMicros", capture.spreadMicros())
                .put("root", capture.root())
                .put("parts", capture.parts())
                .put("bytes", capture.bytes())
                .put("pages", capture.pages())
                .put("changedPages", capture.changedPages())
                .put("storedBytes", capture.storedBytes())
                .put("wallMicros", capture.wallMicros());
        node.set("checkpoint", Shapes.checkpoint(capture.checkpoint()));
        capture.event().ifPresent(sequence -> node.put("event", sequence));
        node.set("agents", Json.array(capture.agents(), CaptureShapes::agent));
        return node;
    }

    private static ObjectNode agent(Captures.Agent agent) {
        ObjectNode node = Json.object().put("id", agent.id());
        ArrayNode pids = node.putArray("pids");
        agent.pids().forEach(pids::add);
        node.put("threads", agent.threads())
                .put("stoppedMicros", agent.stoppedMicros())
                .put("stoppedAtMicros", agent.stoppedAtMicros())
                .put("bytes", agent.bytes());
        node.set("problems", Json.texts(agent.problems()));
        return node;
    }

    static ObjectNode part(Captures.PartInfo part) {
        return Json.object()
                .put("index", part.index())
                .put("name", part.name())
                .put("mediaType", part.mediaType())
                .put("leafHash", part.leafHash());
    }

    /** As text where it is text, else in base64. */
    static ObjectNode content(Captures.Content content) {
        ObjectNode node = Json.object().put("name", content.name()).put("mediaType", content.mediaType());
        try {
            if (!content.mediaType().equals("application/octet-stream")) {
                return node.put(
                        "text",
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(content.bytes()))
                                .toString());
            }
        } catch (CharacterCodingException e) {
            node.put("problem", "it is not UTF-8");
        }
        return node.put("base64", content.bytes());
    }

    static ObjectNode diff(Captures.Diff diff) {
        ObjectNode node = Json.object()
                .put("before", diff.before())
                .put("after", diff.after())
                .put("same", diff.same());
        node.set(
                "differences",
                Json.array(
                        diff.differences(),
                        it -> Json.object()
                                .put("name", it.name())
                                .put("change", it.change())
                                .put("pages", it.pages())));
        return node;
    }

    static ObjectNode verification(Captures.Verification verification) {
        ObjectNode node = Json.object()
                .put("number", verification.number())
                .put("good", verification.good())
                .put("root", verification.root())
                .put("parts", verification.parts())
                .put("pages", verification.pages());
        node.set("problems", Json.texts(verification.problems()));
        return node;
    }

    static ObjectNode proof(Captures.Proof proof) {
        ObjectNode node = Json.object().put("number", proof.number());
        node.set("part", part(proof.part()));
        node.put("size", proof.size());
        node.set("path", Json.texts(proof.path()));
        node.put("root", proof.root());
        proof.event().ifPresent(sequence -> node.put("event", sequence));
        return node;
    }
}
