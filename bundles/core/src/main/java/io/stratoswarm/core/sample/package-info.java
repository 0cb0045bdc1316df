/**
 * Measures what agents and the host use, once a second, and hands it to {@link io.stratoswarm.api.metric.Metrics}. Reads {@code /proc}
 * and cgroups alone; what it cannot read it says is unavailable and never a zero.
 */
@NullMarked
package io.stratoswarm.core.sample;

import org.jspecify.annotations.NullMarked;
