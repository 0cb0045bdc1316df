/**
 * Numbers over time: what agents and the host use and do, sampled about once a second, kept in compressed blocks.
 */
@Export
@Version("1.2.0")
@NullMarked
package io.stratoswarm.api.metric;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
