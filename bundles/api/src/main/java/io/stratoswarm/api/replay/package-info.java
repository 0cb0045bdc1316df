/** Looking back: the state at any moment, step by step between two of them, and what would be without an event. */
@Export
@Version("1.0.0")
@NullMarked
package io.stratoswarm.api.replay;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
