/**
 * Tells what is unusual in a series of numbers while it comes in. {@link io.stratoswarm.healing.anomaly.AnomalyDetector} is for one series,
 * {@link io.stratoswarm.healing.anomaly.Detectors} for those of many agents. A detector takes a few KiB and is told the time; it never sees
 * a value before it scores it. Docs: {@code docs/anomaly-detection.md}; its score on the Numenta Anomaly Benchmark is in
 * {@code benchmarks/RESULTS.md}.
 */
@NullMarked
package io.stratoswarm.healing.anomaly;

import org.jspecify.annotations.NullMarked;
