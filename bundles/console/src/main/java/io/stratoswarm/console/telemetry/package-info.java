/**
 * What the daemon tells of itself and its agents to monitoring: families of numbers, their OpenMetrics text, and the export of
 * numbers and traces by OTLP. Nothing here is loaded before it is asked for.
 */
@NullMarked
package io.stratoswarm.console.telemetry;

import org.jspecify.annotations.NullMarked;
