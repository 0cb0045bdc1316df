/**
 * Bundles in the watched folder: which are loaded, which are refused, and why.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.stratoswarm.api.plugin;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
