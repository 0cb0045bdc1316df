package io.stratoswarm.healing.script;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.healing.strategy.Act;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A case in, the act that is to be done about it out. */
public final class HealingKind implements ScriptKind {
    static final String ID = "healing";
    /** A failed agent waits for it. */
    private static final ScriptLimits LIMITS = new ScriptLimits(500, 10_000_000, 64L << 20, 64 << 10, 1_000);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, LoadedScript> loaded = new ConcurrentHashMap<>();
    private volatile Consumer<String> changed = name -> {};

    /** @param listener is told the name of each script that was loaded or unloaded, and must return at once */
    public void onChange(Consumer<String> listener) {
        changed = listener;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String function() {
        return "heal";
    }

    @Override
    public String inputSchema() {
        return resource("input.json").toString();
    }

    /** With all acts that there are, so that a wrong word is told from those. */
    @Override
    public String outputSchema() {
        ObjectNode schema = resource("output.json");
        ArrayNode words = ((ObjectNode) schema.at("/properties/act")).putArray("enum");
        for (Act act : Act.values()) {
            words.add(act.word());
        }
        return schema.toString();
    }

    static ObjectNode resource(String name) {
        try (InputStream in = HealingKind.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the bundle lacks its " + name);
            }
            return (ObjectNode) JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Set<String> settings() {
        return StrategySettings.KEYS;
    }

    @Override
    public ScriptLimits limits() {
        return LIMITS;
    }

    @Override
    public List<String> check(ScriptHeader header) {
        List<String> wrong = new ArrayList<>();
        StrategySettings.of(header, wrong);
        return wrong;
    }

    @Override
    public void loaded(LoadedScript script) {
        loaded.put(script.header().name(), script);
        changed.accept(script.header().name());
    }

    @Override
    public void unloaded(String name) {
        loaded.remove(name);
        changed.accept(name);
    }

    /** The version of the file as it is now. */
    public Optional<LoadedScript> find(String name) {
        return Optional.ofNullable(loaded.get(name));
    }

    /** All that are loaded, by name. */
    public SortedMap<String, LoadedScript> all() {
        return Collections.unmodifiableSortedMap(new TreeMap<>(loaded));
    }
}
