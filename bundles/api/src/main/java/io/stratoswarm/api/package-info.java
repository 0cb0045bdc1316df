/**
 * The one unchecked error root that bundles share, and what a caller can do about each kind of error.
 */
@Export
@Version("1.1.0")
@NullMarked
package io.stratoswarm.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
