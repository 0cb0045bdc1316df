/**
 * What this host can and cannot do, probed and reported with a reason.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.stratoswarm.api.host;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
