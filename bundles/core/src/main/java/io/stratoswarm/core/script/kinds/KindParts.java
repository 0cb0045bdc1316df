package io.stratoswarm.core.script.kinds;

import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.script.ScriptLedger;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * What the kinds work with.
 *
 * @param agents empty while the supervisor is not there
 * @param metrics empty while no store of metrics is there
 * @param cursors where each reaction is in the journal
 */
public record KindParts(
        Journal journal,
        ScriptLedger ledger,
        Decisions decisions,
        BlobStore blobs,
        Cursors cursors,
        Supplier<Optional<Agents>> agents,
        Supplier<Optional<Metrics>> metrics,
        Alarms alarms,
        InstantSource clock,
        ZoneId zone) {

    /** Durable places in the journal. */
    public interface Cursors {
        OptionalLong get(String id);

        void put(String id, long sequence);
    }

    long nanos() {
        Instant now = clock.instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
