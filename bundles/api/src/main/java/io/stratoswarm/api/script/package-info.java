/**
 * Scripts that operators write, in JavaScript and Python: kinds, limits, runs and their traces.
 */
@Export
@Version("1.2.0")
@NullMarked
package io.stratoswarm.api.script;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
