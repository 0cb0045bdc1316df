/**
 * The journal as a log that outsiders can verify: signed checkpoints and tiles in the formats of C2SP, served by the daemon, written
 * to folders, and checked there by whoever has them.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.stratoswarm.api.log;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
