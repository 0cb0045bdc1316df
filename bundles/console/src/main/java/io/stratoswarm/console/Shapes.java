package io.stratoswarm.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Lease;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.ManifestProblem;
import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.ConsistencyProof;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.InclusionProof;
import io.stratoswarm.api.place.Explanation;
import io.stratoswarm.api.place.Placement;
import io.stratoswarm.api.plugin.PluginStatus;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * The one mapping of the vocabulary to the JSON of {@code /api/v1}. It is written out by hand on purpose: renaming a record's
 * component must not change what clients read. Names are lowerCamelCase, times are RFC 3339 in UTC with nanoseconds, what is
 * absent is left out.
 */
final class Shapes {
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(9).toFormatter(Locale.ROOT);

    private Shapes() {}

    static String time(long nanos) {
        return TIME.format(
                Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L)));
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static ObjectNode agent(AgentStatus agent) {
        ObjectNode node = Json.object()
                .put("id", agent.id())
                .put("graph", agent.graph())
                .put("node", agent.node())
                .put("replica", agent.replica())
                .put("phase", word(agent.phase()))
                .put("reason", agent.reason())
                .put("since", time(agent.sinceNanos()));
        agent.pid().ifPresent(pid -> node.put("pid", pid));
        agent.startedNanos().ifPresent(nanos -> node.put("started", time(nanos)));
        node.put("incarnation", agent.incarnation()).put("restarts", agent.restarts());
        agent.lastExit().ifPresent(exit -> node.put("lastExit", exit));
        agent.lease().ifPresent(lease -> node.set("lease", lease(lease)));
        return node.put("command", agent.command());
    }

    static ObjectNode lease(Lease lease) {
        return Json.object()
                .put("holder", lease.holder())
                .put("until", time(lease.untilNanos()))
                .put("reason", lease.reason());
    }

    static ObjectNode log(LogLine line) {
        ObjectNode node = Json.object().put("agent", line.agent());
        if (line.timeMillis() != 0) {
            node.put("time", Instant.ofEpochMilli(line.timeMillis()).toString());
        }
        return node.put("stream", line.stream()).put("text", line.text());
    }

    static ObjectNode event(Event event) {
        ObjectNode node = Json.object()
                .put("journal", event.journal().toString())
                .put("sequence", event.sequence())
                .put("time", time(event.timeNanos()))
                .put("type", event.type())
                .put("typeVersion", event.typeVersion())
                .put("source", event.source())
                .put("subject", event.subject())
                .put("actor", event.actor())
                .put("mediaType", event.mediaType());
        node.set("causes", Json.array(event.causes(), Shapes::cause));
        payload(event, node);
        return node;
    }

    private static void payload(Event event, ObjectNode node) {
        byte[] bytes = event.payload();
        if (event.mediaType().equals("application/json")) {
            try {
                JsonNode parsed = Json.MAPPER.readTree(bytes);
                if (parsed != null && !parsed.isMissingNode()) {
                    node.set("payload", parsed);
                    return;
                }
            } catch (IOException e) {
                // What says it is JSON and is not, is given as the bytes that it is.
                node.put("payloadProblem", "the payload is not the JSON that its media type says");
            }
        }
        node.put("payloadBase64", Base64.getEncoder().encodeToString(bytes));
    }

    private static ObjectNode cause(Cause cause) {
        return switch (cause) {
            case Cause.OfEvent of ->
                Json.object().put("journal", of.journal().toString()).put("sequence", of.sequence());
            case Cause.OfMetrics of ->
                Json.object()
                        .put("journal", of.journal().toString())
                        .put("block", of.block())
                        .put("from", time(of.fromNanos()))
                        .put("to", time(of.toNanos()));
            case Cause.InSameAppend in -> Json.object().put("index", in.index());
        };
    }

    static ObjectNode problem(ManifestProblem problem) {
        return Json.object()
                .put("file", problem.file())
                .put("line", problem.line())
                .put("column", problem.column())
                .put("message", problem.message())
                .put("excerpt", problem.excerpt());
    }

    /** A rule that no placement keeps, in the shape of a problem of a manifest, the rule in the place of the file. */
    static ObjectNode violation(Placement.Violation violation) {
        ObjectNode node = Json.object()
                .put("file", violation.rule())
                .put("line", 0)
                .put("column", 0)
                .put("message", violation.message())
                .put("excerpt", "");
        node.set("agents", texts(violation.agents()));
        return node;
    }

    static ObjectNode explanation(Explanation explanation) {
        ObjectNode node = Json.object().put("agent", explanation.agent());
        explanation.place().ifPresent(place -> node.put("place", place));
        node.put("why", explanation.why());
        node.set(
                "others",
                Json.array(
                        explanation.others(),
                        other -> Json.object()
                                .put("place", other.place())
                                .put("possible", other.possible())
                                .put("reason", other.reason())
                                .put("worse", other.worse())));
        return node;
    }

    static ObjectNode step(Graphs.Step step) {
        ObjectNode node = Json.object()
                .put("action", step.action())
                .put("kind", step.kind())
                .put("id", step.id())
                .put("reason", step.reason());
        Graphs.Effect effect = step.effect();
        node.set("starts", texts(effect.starts()));
        node.set("restarts", texts(effect.restarts()));
        node.set("stops", texts(effect.stops()));
        node.set("notes", texts(effect.notes()));
        return node;
    }

    private static ArrayNode texts(List<String> texts) {
        ArrayNode array = Json.MAPPER.createArrayNode();
        texts.forEach(array::add);
        return array;
    }

    static ObjectNode plan(Graphs.Plan plan) {
        ObjectNode node = Json.object()
                .put("name", plan.name())
                .put("dryRun", true)
                .put("generation", plan.generation())
                .put("touches", plan.touches());
        node.set("steps", Json.array(plan.steps(), Shapes::step));
        node.set("conflicts", Json.array(plan.conflicts(), Shapes::conflict));
        return node;
    }

    private static ObjectNode conflict(Graphs.Conflict conflict) {
        return Json.object()
                .put("kind", conflict.kind())
                .put("id", conflict.id())
                .put("property", conflict.property())
                .put("base", conflict.base())
                .put("running", conflict.running())
                .put("manifest", conflict.manifest());
    }

    static ObjectNode applied(Graphs.Applied applied) {
        ObjectNode node = Json.object().put("name", applied.name()).put("generation", applied.generation());
        node.set("steps", Json.array(applied.steps(), Shapes::step));
        return node;
    }

    static ObjectNode generation(Graphs.Generation generation) {
        ObjectNode node = Json.object()
                .put("generation", generation.generation())
                .put("what", generation.what())
                .put("time", time(generation.timeNanos()))
                .put("actor", generation.actor())
                .put("sequence", generation.sequence());
        node.set("changes", texts(generation.changes()));
        return node;
    }

    static ObjectNode graph(Graphs.Summary graph) {
        ObjectNode node = Json.object()
                .put("name", graph.name())
                .put("generation", graph.generation())
                .put("description", graph.description());
        node.set("agents", Json.array(graph.agents(), Shapes::agent));
        return node;
    }

    static ObjectNode plugin(PluginStatus plugin) {
        return Json.object()
                .put("file", plugin.file())
                .put("symbolicName", plugin.symbolicName())
                .put("version", plugin.version())
                .put("state", plugin.state())
                .put("reason", plugin.reason())
                .put("sha256", plugin.sha256());
    }

    static ObjectNode capability(Capability capability) {
        return Json.object()
                .put("name", capability.name())
                .put("available", capability.available())
                .put("detail", capability.detail());
    }

    static ObjectNode listener(Listeners.Told told) {
        ObjectNode node = Json.object();
        putUnlessEmpty(node, "wanted", told.wanted());
        putUnlessEmpty(node, "url", told.url());
        putUnlessEmpty(node, "problem", told.problem());
        return node;
    }

    private static void putUnlessEmpty(ObjectNode node, String key, String value) {
        if (!value.isEmpty()) {
            node.put(key, value);
        }
    }

    static ObjectNode checkpoint(Checkpoint checkpoint) {
        return Json.object()
                .put("journal", checkpoint.journal().toString())
                .put("size", checkpoint.size())
                .put("rootHash", checkpoint.rootHash());
    }

    static ObjectNode proof(InclusionProof proof) {
        ObjectNode node = Json.object()
                .put("sequence", proof.sequence())
                .put("treeSize", proof.treeSize())
                .put("leafHash", proof.leafHash());
        node.set("path", Json.texts(proof.path()));
        return node.put("rootHash", proof.rootHash());
    }

    static ObjectNode proof(ConsistencyProof proof) {
        ObjectNode node = Json.object()
                .put("size1", proof.size1())
                .put("size2", proof.size2())
                .put("root1", proof.root1())
                .put("root2", proof.root2());
        node.set("path", Json.texts(proof.path()));
        return node;
    }
}
