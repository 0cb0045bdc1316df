package io.stratoswarm.core.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.metric.LogTemplate;
import io.stratoswarm.api.store.TableStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where templates are kept, so that an id means the same after the daemon has begun again. */
final class TemplateShelf {
    private static final Logger LOG = LoggerFactory.getLogger(TemplateShelf.class);
    private static final String TABLE = "core.templates";
    private static final int VERSION = 1;

    private final TableStore store;
    private final ObjectMapper json = new ObjectMapper();
    private TableStore.@org.jspecify.annotations.Nullable Table table;

    TemplateShelf(TableStore store) {
        this.store = store;
    }

    /** Opened at first use: whose agents print nothing has no table. */
    private synchronized TableStore.Table table() {
        TableStore.Table opened = table;
        if (opened == null) {
            opened = store.open(TABLE, VERSION);
            table = opened;
        }
        return opened;
    }

    private Optional<AgentTemplates.Kept> find(String agent) {
        Optional<byte[]> bytes = table().get(agent);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        try {
            JsonNode node = json.readTree(bytes.get());
            List<AgentTemplates.Kept.One> all = new ArrayList<>();
            for (JsonNode one : node.path("templates")) {
                List<String> words = new ArrayList<>();
                one.path("words").forEach(word -> words.add(word.asText()));
                all.add(new AgentTemplates.Kept.One(one.path("id").asText(), words));
            }
            return Optional.of(new AgentTemplates.Kept(node.path("next").asInt(1), all));
        } catch (IOException e) {
            LOG.warn("the kept log templates of {} cannot be read and are found anew: {}", agent, e.getMessage());
            return Optional.empty();
        }
    }

    void load(AgentTemplates agent) {
        find(agent.agent).ifPresent(agent::restore);
    }

    List<LogTemplate> read(String agent) {
        return find(agent).map(AgentTemplates.Kept::templates).orElse(List.of()).stream()
                .map(one -> new LogTemplate(one.id(), String.join(" ", one.words()), 0, 0))
                .toList();
    }

    /** Writes what changed, in one transaction. */
    void keep(Collection<AgentTemplates> agents) {
        Map<String, Optional<byte[]>> changes = new HashMap<>();
        for (AgentTemplates agent : agents) {
            AgentTemplates.Kept kept = agent.changed();
            if (kept != null) {
                changes.put(agent.agent, Optional.of(encode(kept)));
            }
        }
        if (!changes.isEmpty()) {
            table().write(changes);
        }
    }

    private byte[] encode(AgentTemplates.Kept kept) {
        ObjectNode node = json.createObjectNode().put("next", kept.next());
        ArrayNode all = node.putArray("templates");
        for (AgentTemplates.Kept.One one : kept.templates()) {
            ArrayNode words = all.addObject().put("id", one.id()).putArray("words");
            one.words().forEach(words::add);
        }
        try {
            return json.writeValueAsBytes(node);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("a tree of JSON cannot be written", e);
        }
    }
}
