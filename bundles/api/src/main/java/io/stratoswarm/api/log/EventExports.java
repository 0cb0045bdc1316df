package io.stratoswarm.api.log;

import io.stratoswarm.api.journal.EventQuery;
import java.io.IOException;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Events in the formats of other tools. */
@ProviderType
public interface EventExports {
    /** Names of the formats, sorted. */
    List<String> formats();

    /** @throws io.stratoswarm.api.StratoswarmException of kind INVALID where there is no such format */
    String mediaType(String format);

    /**
     * Writes all events that match; the query's limit is not applied.
     *
     * @param proofs whether each event is to bring the proof that it is in the tree that was signed last
     */
    void export(String format, EventQuery query, boolean proofs, EventFormat.Lines out) throws IOException;
}
