/** The solver of placements beside Timefold, on the same problem and judged by the same code. */
@NullMarked
package io.stratoswarm.benchmarks.placement;

import org.jspecify.annotations.NullMarked;
