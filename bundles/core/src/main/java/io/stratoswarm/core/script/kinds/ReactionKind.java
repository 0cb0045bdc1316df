package io.stratoswarm.core.script.kinds;

import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.api.script.ScriptKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Event or time in, actions on agents out. */
public final class ReactionKind implements ScriptKind {
    private final KindParts parts;
    private final Map<String, Reaction> running = new HashMap<>();

    public ReactionKind(KindParts parts) {
        this.parts = parts;
    }

    @Override
    public String id() {
        return "reaction";
    }

    @Override
    public String function() {
        return "react";
    }

    @Override
    public String inputSchema() {
        return Schemas.REACTION_INPUT;
    }

    @Override
    public String outputSchema() {
        return Schemas.REACTION_OUTPUT;
    }

    @Override
    public Set<String> settings() {
        return ReactionSettings.KEYS;
    }

    @Override
    public List<String> check(ScriptHeader header) {
        return ReactionSettings.check(header.settings());
    }

    @Override
    public synchronized void loaded(LoadedScript script) {
        Reaction reaction = new Reaction(parts, script);
        Reaction before = running.put(script.header().name(), reaction);
        if (before != null) {
            before.close();
        }
        reaction.start();
    }

    @Override
    public synchronized void unloaded(String name) {
        Reaction reaction = running.remove(name);
        if (reaction != null) {
            reaction.close();
        }
    }
}
