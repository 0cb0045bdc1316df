package io.stratoswarm.audit.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.InclusionProof;
import io.stratoswarm.api.log.EventFormat;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * OCSF 1.3, one JSON object a line. What begins, ends or changes a program is Application Lifecycle (class 6002); all else is of that
 * class with the activity Other, since each event is about a part of the application that Stratoswarm runs. The attributes that the
 * class requires are set: activity, application, category, class, metadata, severity, time, type.
 */
public final class Ocsf implements EventFormat {
    private static final String SCHEMA = "1.3.0";
    private static final int CATEGORY = 6;
    private static final int CLASS = 6002;
    private static final int OTHER = 99;

    /** The activities of class 6002. */
    private enum Activity {
        INSTALL(1, "Install"),
        REMOVE(2, "Remove"),
        START(3, "Start"),
        STOP(4, "Stop"),
        RESTART(5, "Restart"),
        ENABLE(6, "Enable"),
        DISABLE(7, "Disable"),
        UPDATE(8, "Update");

        private final int id;
        private final String caption;

        Activity(int id, String caption) {
            this.id = id;
            this.caption = caption;
        }
    }

    private static final Map<String, Activity> ACTIVITIES = Map.ofEntries(
            Map.entry("AgentStarted", Activity.START),
            Map.entry("AgentExited", Activity.STOP),
            Map.entry("AgentStopped", Activity.STOP),
            Map.entry("AgentCompleted", Activity.STOP),
            Map.entry("AgentFailed", Activity.STOP),
            Map.entry("AgentRemoved", Activity.REMOVE),
            Map.entry("AgentRestartScheduled", Activity.RESTART),
            Map.entry("AgentQuarantined", Activity.DISABLE),
            Map.entry("DaemonStarted", Activity.START),
            Map.entry("DaemonStopped", Activity.STOP),
            Map.entry("BundleLoaded", Activity.INSTALL),
            Map.entry("BundleUnloaded", Activity.REMOVE),
            Map.entry("ScriptLoaded", Activity.INSTALL),
            Map.entry("ScriptUnloaded", Activity.REMOVE),
            Map.entry("ScriptEnabled", Activity.ENABLE),
            Map.entry("ScriptDisabled", Activity.DISABLE),
            Map.entry("ScriptQuarantined", Activity.DISABLE),
            Map.entry("GraphApplied", Activity.UPDATE),
            Map.entry("GraphEdited", Activity.UPDATE),
            Map.entry("GraphDeleted", Activity.REMOVE));

    @Override
    public String name() {
        return "ocsf";
    }

    @Override
    public String mediaType() {
        return "application/x-ndjson";
    }

    @Override
    public void write(Selection events, Lines out) throws IOException {
        events.each((event, proof) -> out.line(object(event, proof).toString()));
    }

    static ObjectNode object(Event event, Optional<InclusionProof> proof) {
        Activity activity = ACTIVITIES.get(event.type());
        int id = activity == null ? OTHER : activity.id;
        int severity = severity(event.type());
        ObjectNode node = Proofs.JSON
                .createObjectNode()
                .put("category_uid", CATEGORY)
                .put("category_name", "Application Activity")
                .put("class_uid", CLASS)
                .put("class_name", "Application Lifecycle")
                .put("activity_id", id)
                // OCSF: with Other the name is that of the source.
                .put("activity_name", activity == null ? event.type() : activity.caption)
                .put("type_uid", (long) CLASS * 100 + id)
                .put("severity_id", severity)
                .put("severity", severity == 1 ? "Informational" : "Medium")
                .put("time", Math.floorDiv(event.timeNanos(), 1_000_000L))
                .put("message", event.type() + " " + event.subject());
        node.putObject("app")
                .put("name", "Stratoswarm")
                .put("vendor_name", "Stratoswarm")
                .put("uid", event.subject());
        ObjectNode metadata = node.putObject("metadata")
                .put("version", SCHEMA)
                .put("uid", event.journal() + "/" + event.sequence())
                .put("sequence", event.sequence())
                .put("event_code", event.type())
                .put("log_name", event.journal().toString())
                .put("log_provider", event.source())
                .put("original_time", event.time().toString());
        metadata.putObject("product").put("name", "Stratoswarm").put("vendor_name", "Stratoswarm");
        if (event.mediaType().equals("application/json")) {
            node.put("raw_data", event.payloadText());
        }
        unmapped(node, event, proof);
        return node;
    }

    private static void unmapped(ObjectNode node, Event event, Optional<InclusionProof> proof) {
        ObjectNode unmapped = node.putObject("unmapped")
                .put("actor", event.actor())
                .put("subject", event.subject())
                .put("type_version", event.typeVersion())
                .put("media_type", event.mediaType());
        if (!event.causes().isEmpty()) {
            unmapped.put("causes", Proofs.causes(event));
        }
        if (!event.mediaType().equals("application/json")) {
            unmapped.put("payload_base64", Base64.getEncoder().encodeToString(event.payload()));
        }
        proof.ifPresent(it -> unmapped.set("proof", Proofs.json(it)));
    }

    /** OCSF: 1 is informational, 3 medium. What failed or was refused is the latter. */
    private static int severity(String type) {
        return type.endsWith("Failed")
                        || type.endsWith("Refused")
                        || type.endsWith("Quarantined")
                        || type.endsWith("Unhealthy")
                        || type.endsWith("ConflictFound")
                        || type.endsWith("Salvaged")
                ? 3
                : 1;
    }
}
