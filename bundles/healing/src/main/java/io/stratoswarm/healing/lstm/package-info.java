/**
 * Predicts from sequences: stacked LSTM layers with a dense head, trained and run on the processor. The layers are those of Hochreiter
 * and Schmidhuber (1997) with the forget gate of Gers et al. (2000), learned by back-propagation through time and Adam (Kingma and Ba
 * 2014). {@code docs/prediction-model.md} gives the formulas, the format of a stored model and its limits.
 *
 * <p>{@link io.stratoswarm.healing.lstm.CpuKernels} serves the computation, on the Vector API where the machine was started with it and
 * else by plain loops; another bundle may serve it faster.
 */
@NullMarked
package io.stratoswarm.healing.lstm;

import org.jspecify.annotations.NullMarked;
