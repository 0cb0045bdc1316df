/**
 * Agents: what an operator declares, the state each is in, and the commands that change it.
 */
@Export
@Version("1.5.0")
@NullMarked
package io.stratoswarm.api.agent;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
