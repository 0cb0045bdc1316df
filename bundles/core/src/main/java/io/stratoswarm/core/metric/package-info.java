/**
 * The store of metrics: samples are gathered in memory, written within half a minute as small chunks, merged every ten minutes
 * into compressed blocks, and downsampled to minutes after a day. The bytes are described in docs/metrics.md.
 *
 * <p>One thread, {@link io.stratoswarm.core.metric.MetricEngine}'s loop, writes to the database; samples are taken in and read
 * from any thread. Blocks are hashed, and the root over the blocks of each closing is an event of the journal.
 */
@NullMarked
package io.stratoswarm.core.metric;

import org.jspecify.annotations.NullMarked;
