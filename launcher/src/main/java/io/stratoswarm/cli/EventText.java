package io.stratoswarm.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an event says, in one short line for people. An event of a type that is not known here shows its plain fields. */
final class EventText {
    /** Said by the other columns, or of no use to a reader. */
    private static final Set<String> SILENT = Set.of("at", "incarnation", "spec", "streak", "keepFrom", "source");

    private static final int LONGEST_HASH = 12;
    private static final int MOST_NAMES = 5;

    private EventText() {}

    static String of(Map<String, Object> event) throws IOException {
        if (!event.containsKey("payload")) {
            return JsonText.text(event, "payloadBase64").isEmpty() ? "" : "(" + JsonText.text(event, "mediaType") + ")";
        }
        if (!(event.get("payload") instanceof Map<?, ?>)) {
            return JsonText.write(event.get("payload"));
        }
        Map<String, Object> payload = JsonText.child(event, "payload");
        String run = "run " + JsonText.text(payload, "incarnation");
        return switch (JsonText.text(event, "type")) {
            case "AgentStartRequested" -> run + because(payload);
            case "AgentStarted" ->
                run + ", pid " + JsonText.text(payload, "pid") + (JsonText.flag(payload, "ready") ? ", ready" : "");
            case "AgentRestartScheduled" ->
                "restart " + JsonText.text(payload, "number") + " in " + JsonText.text(payload, "delayMillis") + " ms";
            case "AgentSignalRequested" -> JsonText.text(payload, "signal") + " to " + run;
            case "AgentLeased" ->
                "held by " + JsonText.text(payload, "holder") + " for " + JsonText.text(payload, "millis") + " ms: "
                        + JsonText.text(payload, "reason");
            case "AgentControlled" -> JsonText.text(payload, "outcome") + ": " + JsonText.text(payload, "detail");
            case "AgentPlaced" ->
                (JsonText.text(payload, "place").isEmpty() ? "nowhere" : JsonText.text(payload, "place")) + ": "
                        + JsonText.text(payload, "why");
            case "AgentsAdopted" -> JsonText.text(payload, "count") + ": " + names(payload, "agents");
            case "OutputDropped" ->
                String.join(", ", JsonText.child(payload, "agents").keySet());
            case "GraphApplied" ->
                "generation " + JsonText.text(payload, "generation")
                        + after(", back to ", payload, "rolledBackTo")
                        + after(": ", payload, "description");
            case "GraphEdited" ->
                "generation " + JsonText.text(payload, "generation") + ": "
                        + String.join("; ", JsonText.texts(payload, "changes"));
            case "FlowDeclared" -> flow(JsonText.child(payload, "flow"));
            case "FlowRemoved" -> JsonText.text(payload, "flow");
            case "DeclarationDiverged" -> JsonText.text(payload, "item") + " is not as the manifest says";
            case "NodeDeclared" -> JsonText.text(payload, "node") + times(payload) + dependencies(payload);
            case "NodeRemoved" -> JsonText.text(payload, "node");
            case "BundleLoaded", "BundleUnloaded" ->
                JsonText.text(payload, "symbolicName")
                        + after(" ", payload, "version")
                        + after(", sha256 ", payload, "sha256");
            case "ScriptLoaded" ->
                JsonText.text(payload, "kind")
                        + after(", sha256 ", payload, "sha256")
                        + after(", replaces ", payload, "replaces");
            case "DecisionRecorded" ->
                JsonText.text(payload, "decisionType") + " " + JsonText.text(payload, "agent") + ": "
                        + JsonText.text(payload, "reasoning");
            case "DecisionOutcome" ->
                (JsonText.flag(payload, "success") ? "" : "failed: ") + JsonText.text(payload, "outcome");
            default -> said(payload);
        };
    }

    /** The sentence that most events carry, else all that is plain. */
    private static String said(Map<String, Object> payload) {
        for (String key : List.of("why", "reason", "note", "detail")) {
            String text = JsonText.text(payload, key);
            if (!text.isEmpty()) {
                return text;
            }
        }
        List<String> parts = new ArrayList<>();
        payload.forEach((key, value) -> {
            if (SILENT.contains(key)) {
                return;
            }
            if (value instanceof Map<?, ?> map) {
                parts.add(key + "={" + map.size() + "}");
            } else if (value instanceof Iterable<?>) {
                parts.add(key + "=" + names(payload, key));
            } else {
                parts.add(key + "=" + shortened(String.valueOf(value)));
            }
        });
        return String.join(" ", parts);
    }

    private static String because(Map<String, Object> payload) {
        String why = JsonText.text(payload, "why");
        if (JsonText.flag(payload, "restart")) {
            return why.isEmpty() ? ", a restart" : ", a restart: " + why;
        }
        return why.isEmpty() ? "" : ": " + why;
    }

    private static String times(Map<String, Object> payload) {
        long replicas = JsonText.number(payload, "replicas");
        return replicas > 1 ? " x" + replicas : "";
    }

    private static String flow(Map<String, Object> flow) {
        List<String> to = new ArrayList<>();
        JsonText.objects(flow, "to").forEach(end -> to.add(end(end)));
        return JsonText.text(flow, "id") + ", " + end(JsonText.child(flow, "from")) + " -> " + String.join(", ", to);
    }

    private static String end(Map<String, Object> end) {
        return JsonText.text(end, "node") + "." + JsonText.text(end, "channel");
    }

    private static String dependencies(Map<String, Object> payload) {
        List<String> nodes = new ArrayList<>();
        JsonText.objects(payload, "dependsOn").forEach(on -> nodes.add(JsonText.text(on, "node")));
        return nodes.isEmpty() ? "" : ", after " + String.join(", ", nodes);
    }

    private static String after(String before, Map<String, Object> payload, String key) {
        String text = JsonText.text(payload, key);
        return text.isEmpty() ? "" : before + shortened(text);
    }

    private static String names(Map<String, Object> payload, String key) {
        List<String> all = JsonText.texts(payload, key);
        return all.size() <= MOST_NAMES
                ? String.join(", ", all)
                : String.join(", ", all.subList(0, MOST_NAMES)) + " and " + (all.size() - MOST_NAMES) + " more";
    }

    /** Of a hash the begin is enough to tell it from others. */
    private static String shortened(String text) {
        return text.matches("[0-9a-f]{40,}") ? text.substring(0, LONGEST_HASH) + "…" : text;
    }
}
