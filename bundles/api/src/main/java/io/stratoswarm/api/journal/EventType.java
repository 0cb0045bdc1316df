package io.stratoswarm.api.journal;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Declares what the journal must know of a type of event. Register it as an OSGi service. Types without a declaration are
 * stored as they are.
 */
@ConsumerType
public interface EventType {
    String type();

    /** The current version of its payload. */
    int version();

    /** JSON pointers (RFC 6901) of fields that are encrypted under the key of {@link #personOf} before they are hashed. */
    default List<String> personalFields() {
        return List.of();
    }

    /** JSON pointer of the field that names the person; forgetting the person's key makes the fields unreadable. */
    default String personOf() {
        return "";
    }

    /** Raises a JSON payload of an older version by one; pure. */
    default String upcast(int fromVersion, String payload) {
        return payload;
    }
}
