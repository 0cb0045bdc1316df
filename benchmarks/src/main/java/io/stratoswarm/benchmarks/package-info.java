/** Figures of the journal, each beside its peer or its limit in the same run. Started by {@code benchmarks/run}. */
@NullMarked
package io.stratoswarm.benchmarks;

import org.jspecify.annotations.NullMarked;
