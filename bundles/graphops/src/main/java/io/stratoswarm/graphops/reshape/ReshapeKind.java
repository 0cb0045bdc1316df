package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How a graph is in, transforms of it out. */
final class ReshapeKind implements ScriptKind {
    static final String ID = "reshape";
    /** A graph of hundreds of flows with their histories is some megabytes. */
    private static final ScriptLimits LIMITS = new ScriptLimits(2_000, 50_000_000, 128L << 20, 1 << 20, 100);

    private final ReshapeRun.Parts parts;
    private final Map<String, ReshapeRun> running = new HashMap<>();

    ReshapeKind(ReshapeRun.Parts parts) {
        this.parts = parts;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public String function() {
        return ID;
    }

    @Override
    public String inputSchema() {
        return resource("input.json");
    }

    @Override
    public String outputSchema() {
        return resource("output.json");
    }

    private static String resource(String name) {
        try (InputStream in = ReshapeKind.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the bundle lacks its " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Set<String> settings() {
        return ReshapeSettings.KEYS;
    }

    @Override
    public ScriptLimits limits() {
        return LIMITS;
    }

    @Override
    public List<String> check(ScriptHeader header) {
        List<String> wrong = new ArrayList<>();
        ReshapeSettings.of(header.settings(), parts.triggers(), wrong);
        return wrong;
    }

    @Override
    public synchronized void loaded(LoadedScript script) {
        ReshapeRun run = new ReshapeRun(parts, script);
        ReshapeRun before = running.put(script.header().name(), run);
        if (before != null) {
            before.close();
        }
        run.start();
    }

    @Override
    public synchronized void unloaded(String name) {
        ReshapeRun run = running.remove(name);
        if (run != null) {
            run.close();
        }
    }

    synchronized void close() {
        running.values().forEach(ReshapeRun::close);
        running.clear();
    }
}
