package io.stratoswarm.core.script.kinds;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.core.script.JsonNodes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How an agent is in, numbers and a judgement out. */
public final class ProbeKind implements ScriptKind {
    private final KindParts parts;
    private final Map<String, ProbeRun> running = new HashMap<>();

    public ProbeKind(KindParts parts) {
        this.parts = parts;
    }

    @Override
    public String id() {
        return "probe";
    }

    @Override
    public String function() {
        return "probe";
    }

    @Override
    public String inputSchema() {
        return Schemas.PROBE_INPUT;
    }

    @Override
    public String outputSchema() {
        return Schemas.PROBE_OUTPUT;
    }

    /** What the header does not declare, the script must not say. */
    @Override
    public String outputSchema(ScriptHeader header) {
        ProbeSettings settings = ProbeSettings.of(new Settings(header.settings()));
        ObjectNode schema = (ObjectNode) JsonNodes.known(Schemas.PROBE_OUTPUT);
        ObjectNode properties = (ObjectNode) schema.path("properties");
        if (settings.metrics().size() != 1) {
            properties.remove("value");
        }
        if (settings.metrics().isEmpty()) {
            properties.remove("metrics");
        } else {
            ObjectNode metrics = (ObjectNode) properties.path("metrics");
            ObjectNode names = metrics.put("additionalProperties", false).putObject("properties");
            settings.metrics().forEach(info -> names.putObject(info.name()).put("type", "number"));
        }
        if (!settings.health()) {
            properties.remove(List.of("healthy", "reason"));
        }
        return JsonNodes.write(schema);
    }

    @Override
    public Set<String> settings() {
        return ProbeSettings.KEYS;
    }

    @Override
    public List<String> check(ScriptHeader header) {
        return ProbeSettings.check(header.settings());
    }

    @Override
    public synchronized void loaded(LoadedScript script) {
        ProbeRun run = new ProbeRun(parts, script);
        ProbeRun before = running.put(script.header().name(), run);
        if (before != null) {
            before.close();
        }
        run.start();
    }

    @Override
    public synchronized void unloaded(String name) {
        ProbeRun run = running.remove(name);
        if (run != null) {
            run.close();
        }
    }
}
