package io.stratoswarm.api.graph;

import io.stratoswarm.api.flow.NodeContext;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A type of node that a bundle adds. Register it as an OSGi service. Its id has a dot, so that it can never be one of ours. A
 * manifest names it as {@code type} and gives {@code settings}; what is wrong with those only the bundle can say.
 */
@ConsumerType
public interface NodeType {
    /** For example {@code acme.kafka}: two or more names of lower-case letters, digits and hyphens, with dots in between. */
    String id();

    /**
     * What is wrong with the settings, one line each, saying what and what to do; empty where all is well.
     *
     * @param settings a JSON object
     */
    List<String> check(String settings);

    /**
     * Runs one agent of this type until there is no more to do, it is asked to end ({@link NodeContext#stopping}), or its thread is
     * interrupted. An exception is a failure: its message is the reason that users read, and the agent's restart policy applies.
     */
    void run(NodeContext context) throws Exception;
}
