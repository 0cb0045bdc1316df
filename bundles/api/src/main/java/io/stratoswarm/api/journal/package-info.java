/**
 * The journal: events, atomic appends, receipts, reads, projections and reactors.
 *
 * <p>The journal is ground truth; all else is derived. A command becomes one or more events, written atomically; they
 * become durable; only then effects start and observers hear. The order is never otherwise.
 */
@Export
@Version("1.2.0")
@NullMarked
package io.stratoswarm.api.journal;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
