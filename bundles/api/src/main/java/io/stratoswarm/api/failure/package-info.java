/** Why an agent failed: what happened and what changed before, ranked, each with its evidence. */
@Export
@Version("1.0.0")
@NullMarked
package io.stratoswarm.api.failure;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
