/**
 * Application graphs: named sets of nodes, each an agent with dependencies and replicas, the flows of
 * records between them, and what their placement must keep.
 */
@Export
@Version("1.5.0")
@NullMarked
package io.stratoswarm.api.graph;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
