package io.stratoswarm.api.script;

import java.util.List;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A kind of script: what it is given, what it must return, and what is done with it. Register it as an OSGi service; scripts of a
 * kind whose bundle is absent are kept and shown as unavailable.
 */
@ConsumerType
public interface ScriptKind {
    /** For example {@code reaction}; same form as a script's name. */
    String id();

    /** Scripts of one purpose and language share a worker process. */
    default String purpose() {
        return "policy";
    }

    /** Name of the function that the script must define, for example {@code react}. */
    String function();

    /** Whether the function takes a list of inputs and returns a list of as many outputs, and not one each. */
    default boolean batch() {
        return false;
    }

    /** JSON Schema (2020-12) of an input, for the documentation and for {@code scripts run}. */
    String inputSchema();

    /** JSON Schema (2020-12) of an output. What does not fit is refused by the name of the field. */
    String outputSchema();

    /** The same for one script, where its settings narrow it. */
    default String outputSchema(ScriptHeader header) {
        return outputSchema();
    }

    /** Keys of {@link ScriptHeader#settings} that the kind knows. */
    Set<String> settings();

    default ScriptLimits limits() {
        return ScriptLimits.DEFAULT;
    }

    /** What is wrong with the settings of a header, one line each, {@code key: what and what to do}; empty where all is well. */
    default List<String> check(ScriptHeader header) {
        return List.of();
    }

    /** A good version is there, the first one or a newer one in the place of the last. */
    void loaded(LoadedScript script);

    /** The script was removed, disabled or quarantined: end its timers and subscriptions before returning. */
    void unloaded(String name);
}
