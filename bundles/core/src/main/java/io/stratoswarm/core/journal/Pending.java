package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Receipt;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An append on its way to the writer. */
final class Pending {
    final List<Leaf.Draft> drafts;
    final Map<String, Long> expectedVersions;
    final @Nullable String idempotencyKey;
    final CompletableFuture<Receipt> future = new CompletableFuture<>();

    /** Whether it takes up room in the queue. */
    boolean counted = true;

    /** Set by the writer once it is written and not yet durable. */
    @Nullable
    Receipt receipt;

    /** Set by the writer where it decided against it. */
    @Nullable
    StratoswarmException refusal;

    Pending(List<Leaf.Draft> drafts, Map<String, Long> expectedVersions, @Nullable String idempotencyKey) {
        this.drafts = drafts;
        this.expectedVersions = expectedVersions;
        this.idempotencyKey = idempotencyKey;
    }
}
