/**
 * The journal on LMDB: the leaf format, segments, the one writer, reads, live tails, projections and reactors.
 *
 * <p>Only the thread of {@link io.stratoswarm.core.journal.JournalWriter} ever writes to a segment. Whoever reads does so in
 * short transactions and never holds one while calling foreign code. What has been given to a reader is durable.
 */
@NullMarked
package io.stratoswarm.core.journal;

import org.jspecify.annotations.NullMarked;
