/** What is remembered for those who ask later: rules and whether they hold, and trails of what happened. */
@Export
@Version("1.0.0")
@NullMarked
package io.stratoswarm.api.audit;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
