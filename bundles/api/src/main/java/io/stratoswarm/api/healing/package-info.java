/** Healing of agents: what failures are taken for or foreseen, what is done about them and why, and what was learned of that. */
@Export
@Version("1.2.0")
@NullMarked
package io.stratoswarm.api.healing;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
