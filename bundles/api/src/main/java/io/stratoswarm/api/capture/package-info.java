/**
 * Captures of state: memory, registers, files and connections of agents, and the state of their host, under one Merkle root.
 */
@Export
@Version("1.1.0")
@NullMarked
package io.stratoswarm.api.capture;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
