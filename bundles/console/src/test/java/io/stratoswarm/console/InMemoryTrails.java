package io.stratoswarm.console;

import io.stratoswarm.api.audit.Trails;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.Event;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** The same trail whatever is asked for; the query is shown as the actor of its event. */
final class InMemoryTrails implements Trails {
    private static final UUID JOURNAL = new UUID(1, 2);

    @Override
    public Trail find(Query query) {
        return new Trail(
                new Checkpoint(JOURNAL, 9, "ab"),
                List.of(event(7, query.about().orElse("all") + " " + query.limit())),
                true,
                List.of(event(5, "system")),
                List.of(new Link(5, 7)),
                List.of(new Decided(
                        5, "d1", "shop/web", "restart", "script:x", "it hangs", 0.5, "allow", "done", true)),
                List.of(new Broken("p/r", "high", 2)));
    }

    private static Event event(long sequence, String actor) {
        return new Event(
                JOURNAL,
                sequence,
                1_000_000_000L,
                "AgentFailed",
                1,
                "core.agent",
                "agent/shop/web",
                actor,
                List.of(),
                "application/json",
                "{}".getBytes(StandardCharsets.UTF_8));
    }
}
