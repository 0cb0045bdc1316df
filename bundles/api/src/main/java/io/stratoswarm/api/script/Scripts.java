package io.stratoswarm.api.script;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The scripts of this daemon. Kind NOT_FOUND of {@link io.stratoswarm.api.StratoswarmException} is thrown for a name that there is not.
 */
@ProviderType
public interface Scripts {
    List<ScriptStatus> list();

    Optional<ScriptStatus> get(String name);

    /** The text of the version that runs, or of the file where none does. */
    String source(String name);

    /** Newest first; of all scripts where the name is empty. */
    List<ScriptTrace> traces(String name, int limit);

    /** Runs the examples of the file as it is now. */
    CompletableFuture<List<ExampleResult>> test(String name);

    /**
     * Reads a text that need not be among the scripts, and runs its examples; nothing is kept of it.
     *
     * @param file its name, which tells the language, for messages
     */
    CompletableFuture<CheckResult> check(String file, String source);

    /** Calls the script now with this input; what its kind would do with the output is not done. */
    CompletableFuture<ScriptOutcome> run(String name, String input, String actor);

    /**
     * An earlier version of a script, loaded beside the one that runs; whoever asks for it closes it. What it does against its limits counts
     * against the script. Fails with kind NOT_FOUND where its text was not kept, with INVALID where it is none that can be used any more.
     *
     * @param hash of the text
     */
    CompletableFuture<KeptScript> kept(String name, String hash);

    /** Lets a script run again, also out of quarantine; durable. */
    CompletableFuture<Void> enable(String name, String actor);

    /** Ends what the script does until it is enabled; durable. */
    CompletableFuture<Void> disable(String name, String actor);

    /**
     * What came of a check.
     *
     * @param name of the script
     * @param problems what is wrong with the text, each {@code file:line:column: message}; no example was run where there are any
     */
    record CheckResult(String name, List<String> problems, List<ExampleResult> examples) {
        public CheckResult {
            problems = List.copyOf(problems);
            examples = List.copyOf(examples);
        }

        public boolean good() {
            return problems.isEmpty() && examples.stream().allMatch(ExampleResult::passed);
        }
    }

    /**
     * What came of one example.
     *
     * @param index from 1
     * @param difference where the output is not the expected one; empty where it is
     */
    record ExampleResult(int index, boolean passed, String difference, ScriptOutcome outcome) {}
}
