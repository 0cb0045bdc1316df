package io.stratoswarm.api.graph;

import java.util.Map;

/** What the agents of a node keep from record to record, as the node's labels say it. */
public sealed interface StateContract {
    /** Label that names the contract. */
    String LABEL = "state";

    /** Label that names the field whose value is the key, where state is kept by key. */
    String KEY_LABEL = "state-key";

    /** Value of {@link #LABEL}: nothing is kept. */
    String NONE = "none";

    /** Value of {@link #LABEL}: what is kept belongs to keys. */
    String BY_KEY = "by-key";

    /** Channel by which an agent is handed the state of its keys, before it reads its first record; it always ends. */
    String IN = "state-in";

    /** Channel to which an agent gives the state of all its keys once it has read its input to the end. */
    String OUT = "state-out";

    /** Nothing is said, or something that has no meaning here. */
    record Unknown(String said) implements StateContract {}

    /** Any agent can take any record. */
    record None() implements StateContract {}

    /** @param field of the records; its value is the key */
    record ByKey(String field) implements StateContract {}

    /** Name of the flow by which agents of a node hand state to those that follow them, beside the flows that are declared. */
    static String flow(String node) {
        return node + ".state";
    }

    static StateContract of(NodeSpec node) {
        Map<String, String> labels = node.agent().labels();
        String said = labels.getOrDefault(LABEL, "");
        return switch (said) {
            case NONE -> new None();
            case BY_KEY -> {
                String field = labels.getOrDefault(KEY_LABEL, "");
                yield field.isEmpty() ? new Unknown(said) : new ByKey(field);
            }
            default -> new Unknown(said);
        };
    }
}
