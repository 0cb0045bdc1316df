/** Blobs, tables and queues: each in files of its own, so that none stalls another or the journal. */
@NullMarked
package io.stratoswarm.core.store;

import org.jspecify.annotations.NullMarked;
