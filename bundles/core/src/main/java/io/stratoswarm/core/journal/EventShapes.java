package io.stratoswarm.core.journal;

import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;

/** What happens to payloads on the way in and out: personal fields are sealed and opened, old versions raised. */
interface EventShapes {
    EventShapes NONE = new EventShapes() {
        @Override
        public EventDraft incoming(EventDraft draft) {
            return draft;
        }

        @Override
        public Event outgoing(Event event) {
            return event;
        }
    };

    EventDraft incoming(EventDraft draft);

    Event outgoing(Event event);
}
