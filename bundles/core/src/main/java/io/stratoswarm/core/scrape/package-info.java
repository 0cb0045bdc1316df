/**
 * Reads metrics that agents serve themselves, in the text format of Prometheus (0.0.4) or OpenMetrics (1.0), and hands them to
 * {@link io.stratoswarm.api.metric.Metrics}.
 */
@NullMarked
package io.stratoswarm.core.scrape;

import org.jspecify.annotations.NullMarked;
