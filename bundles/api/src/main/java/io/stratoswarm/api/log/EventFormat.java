package io.stratoswarm.api.log;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.InclusionProof;
import java.io.IOException;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/** A format that other tools read events in. Register it as an OSGi service. */
@ConsumerType
public interface EventFormat {
    /** By which it is asked for, for example {@code cloudevents}. */
    String name();

    String mediaType();

    /** Writes all events of a selection. */
    void write(Selection events, Lines out) throws IOException;

    /** Events, oldest first. */
    @FunctionalInterface
    interface Selection {
        /** Shows each event; may be called again, and shows the same ones then. */
        void each(Visitor visitor) throws IOException;
    }

    /** Is shown events. */
    @FunctionalInterface
    interface Visitor {
        /** @param proof that the event is in the tree of a size that the proof names; empty where none was asked for */
        void event(Event event, Optional<InclusionProof> proof) throws IOException;
    }

    /** Where lines go. */
    @FunctionalInterface
    interface Lines {
        /**
         * Takes a line, without its end.
         *
         * @throws IOException where nobody reads any more
         */
        void line(String text) throws IOException;
    }
}
