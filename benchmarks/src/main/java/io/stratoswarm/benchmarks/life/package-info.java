/** The remaining life of engines, as the LSTM of {@code healing} predicts it on the C-MAPSS data set FD001 (Saxena et al. 2008). */
@NullMarked
package io.stratoswarm.benchmarks.life;

import org.jspecify.annotations.NullMarked;
