package io.stratoswarm.api.journal;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Reacts to events. Register it as an OSGi service; it is given every event from its durable cursor on, in order. The cursor
 * survives hot updates and restarts. After a crash the last events may come again: append with an idempotency key made of
 * {@link #id} and the event's sequence.
 */
@ConsumerType
public interface Reactor {
    /** Stable name of the durable cursor. */
    String id();

    /** May block. An exception is logged with the event's sequence and the event is given again after a pause. */
    void on(Event event) throws Exception;
}
