package io.stratoswarm.api.journal;

import java.util.UUID;

/**
 * Proof that an append is durable.
 *
 * @param firstSequence sequence of the first event of the append
 * @param count how many events it holds
 * @param treeSize size of the Merkle tree that includes them
 * @param timeNanos time given to them
 * @param repeated true where the idempotency key was known and nothing was written now
 */
public record Receipt(UUID journal, long firstSequence, int count, long treeSize, long timeNanos, boolean repeated) {}
