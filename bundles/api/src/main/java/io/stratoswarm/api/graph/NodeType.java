package io.stratoswarm.api.graph;

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
}
