package io.stratoswarm.api.audit;

import io.stratoswarm.api.StratoswarmException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Packs of compliance rules, and whether they hold. */
@ProviderType
public interface Compliance {
    /**
     * A rule.
     *
     * @param on what it is about: {@code event}, {@code decision}, {@code agent}, {@code graph} or {@code state}
     * @param action {@code alert}, {@code approve}, {@code deny}, {@code quarantine} or {@code rollback}
     * @param severity {@code low}, {@code medium} or {@code high}
     * @param looked how often it was evaluated since the daemon started
     * @param broken how often it did not hold then
     * @param failed how often it could not be evaluated then
     * @param lastFailure why, the last time; empty where it never was
     */
    record RuleStatus(
            String name,
            String on,
            String action,
            String severity,
            String message,
            long looked,
            long broken,
            long failed,
            String lastFailure) {}

    /**
     * A pack, which is one file.
     *
     * @param name of the pack; of the file, without its ending, while no good version of it is there
     * @param file where it lies
     * @param sha256 of the version in force; empty where none is
     * @param shipped whether it came with the distribution
     * @param enabled whether its rules are in force
     * @param problems of the file as it is now, each {@code file:line:column: what}; the last good version stays in force
     */
    record Pack(
            String name,
            String description,
            String file,
            String sha256,
            boolean shipped,
            boolean enabled,
            List<String> problems,
            List<RuleStatus> rules) {
        public Pack {
            problems = List.copyOf(problems);
            rules = List.copyOf(rules);
        }
    }

    /**
     * A rule on agents, graphs or state that does not hold now.
     *
     * @param rule {@code pack/rule}
     * @param about the agent or graph; {@code state} for a rule on all
     * @param sequence of the event that told it
     */
    record Violation(String rule, String about, String message, String severity, long sinceNanos, long sequence) {}

    /** In the order of their names. */
    List<Pack> packs();

    /** What does not hold now, longest first. */
    List<Violation> open();

    /**
     * Puts a pack in force, or out of it; completes once that is durable.
     *
     * @throws StratoswarmException kind NOT_FOUND for an unknown name
     */
    Pack enable(String name, boolean enabled, String actor);

    /** What is wrong with a file of rules, as in {@link Pack#problems}; empty where nothing is. */
    List<String> check(String file, byte[] text);
}
