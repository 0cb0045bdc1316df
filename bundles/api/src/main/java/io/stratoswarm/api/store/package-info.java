/**
 * Stores other than the journal, so that bundles keep data without knowing the database beneath.
 */
@Export
@Version("1.1.0")
@NullMarked
package io.stratoswarm.api.store;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
