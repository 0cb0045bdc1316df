/**
 * Decisions taken by policies and scripts, recorded with their full context and, later, their outcome.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.stratoswarm.api.decision;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
