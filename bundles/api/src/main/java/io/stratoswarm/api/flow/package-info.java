/**
 * Flows of records between agents: the pipes they go through, what runs inside of the daemon instead of a process, and what is
 * known of each flow.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.stratoswarm.api.flow;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
