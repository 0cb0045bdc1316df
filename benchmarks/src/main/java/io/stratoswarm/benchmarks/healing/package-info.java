/** What is learned from recordings of the fault bench, and how well. */
@NullMarked
package io.stratoswarm.benchmarks.healing;

import org.jspecify.annotations.NullMarked;
