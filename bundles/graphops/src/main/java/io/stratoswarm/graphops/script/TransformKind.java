package io.stratoswarm.graphops.script;

import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.ScriptLimits;
import io.stratoswarm.api.script.ScriptStatus;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Records in, and for each of them a record, a list of records, or nothing out. */
public final class TransformKind implements ScriptKind {
    static final String ID = "transform";

    /** A batch may be large, and a record of it is nothing that a person waits for. */
    private static final ScriptLimits LIMITS = new ScriptLimits(5_000, 1_000_000_000, 256L << 20, 4 << 20, 100_000);

    private final Map<String, LoadedScript> loaded = new ConcurrentHashMap<>();
    private final Function<String, Optional<ScriptStatus>> statuses;
    private final Executor executor;

    /**
     * Makes the kind, without scripts.
     *
     * @param statuses how a script of this name is, of whatever kind
     * @param executor for what is done with outputs, which must not hold up the worker that gave them
     */
    public TransformKind(Function<String, Optional<ScriptStatus>> statuses, Executor executor) {
        this.statuses = statuses;
        this.executor = executor;
    }

    Executor executor() {
        return executor;
    }

    @Override
    public String id() {
        return ID;
    }

    /** In workers of their own: a flow must not hold up what policies do, nor a policy a flow. */
    @Override
    public String purpose() {
        return "flow";
    }

    @Override
    public String function() {
        return ID;
    }

    @Override
    public boolean batch() {
        return true;
    }

    @Override
    public String inputSchema() {
        return """
                {"title": "TransformInput",
                 "description": "A record that a transform is given: a text, or any value of JSON, as the data type of the flow says."}
                """;
    }

    @Override
    public String outputSchema() {
        return """
                {"title": "TransformOutput",
                 "description": "What a transform makes of a record: a record, a list of records, or null (None) for nothing."}
                """;
    }

    @Override
    public Set<String> settings() {
        return Set.of();
    }

    @Override
    public ScriptLimits limits() {
        return LIMITS;
    }

    @Override
    public void loaded(LoadedScript script) {
        loaded.put(script.header().name(), script);
    }

    @Override
    public void unloaded(String name) {
        loaded.remove(name);
    }

    /** The version that runs now. */
    @Nullable
    LoadedScript find(String name) {
        return loaded.get(name);
    }

    /** Why there is none. */
    String missing(String name) {
        return statuses.apply(name)
                .map(status -> why(name, status))
                .orElse("there is no script '" + name + "'; put one into the folder of scripts");
    }

    private static String why(String name, ScriptStatus status) {
        if (status.header().isPresent() && !status.header().get().kind().equals(ID)) {
            return "the script '" + name + "' is of the kind "
                    + status.header().get().kind() + "; a transform is needed";
        }
        String more = status.reason().isEmpty() ? status.problem() : status.reason();
        // The reason mostly says what to do as well.
        boolean off = (status.state().equals("disabled") || status.state().equals("quarantined"))
                && !more.contains("scripts enable");
        return "the script '" + name + "' is " + status.state() + (more.isEmpty() ? "" : " (" + more + ")")
                + (off ? "; 'stratoswarm scripts enable " + name + "' lets it run" : "");
    }
}
