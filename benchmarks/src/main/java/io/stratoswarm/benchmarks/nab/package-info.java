/**
 * The anomaly detector of the healing bundle on the Numenta Anomaly Benchmark, or on any folder laid out like it, and the benchmark's own
 * way to score. Started by {@code benchmarks/nab}.
 */
@NullMarked
package io.stratoswarm.benchmarks.nab;

import org.jspecify.annotations.NullMarked;
