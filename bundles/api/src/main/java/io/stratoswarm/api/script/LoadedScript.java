package io.stratoswarm.api.script;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/** A good version of a script, ready to be called. A later version of the same script is another object. */
@ProviderType
public interface LoadedScript {
    ScriptHeader header();

    /** SHA-256 of the file that acts; events that come of it name this. */
    String hash();

    /**
     * Calls the script once for each input, in order, in one batch. Never completes exceptionally: what went wrong is in the
     * outcome. Each call leaves a trace.
     *
     * @param trigger what caused it, one line, for the trace: {@code event 4711 AgentExited shop/web.0}
     * @param inputs JSON values, of the shape that the kind documents
     * @return one outcome for each input
     */
    CompletableFuture<List<ScriptOutcome>> call(String trigger, List<String> inputs);

    /**
     * Says that the script does what its kind does not allow, for example acts too often. It counts like a breach of a limit:
     * repeated ones put it into quarantine.
     *
     * @param what one line
     */
    void misbehaved(String what);
}
