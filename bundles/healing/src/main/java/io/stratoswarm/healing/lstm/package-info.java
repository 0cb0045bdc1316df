/**
 * Predicts from sequences: stacked LSTM layers with a dense head, trained and run on the processor. The layers are those of Hochreiter
 * and Schmidhuber (1997) with the forget gate of Gers et al. (2000), learned by back-propagation through time and Adam (Kingma and Ba
 * 2014). {@code docs/prediction-model.md} gives the formulas, the format of a stored model and its limits.
 *
 * <p>{@link io.stratoswarm.healing.lstm.CpuKernels} serves the computation, on the Vector API where the machine was started with it and
 * else by plain loops; another bundle may serve it faster. {@link io.stratoswarm.healing.lstm.Trainer} makes a
 * {@link io.stratoswarm.healing.lstm.SequenceModel} from examples, {@link io.stratoswarm.healing.lstm.ModelFile} keeps it as bytes,
 * {@link io.stratoswarm.healing.lstm.Calibration} makes its probabilities honest and {@link io.stratoswarm.healing.lstm.Attribution}
 * says which series drove an output. Nothing here knows a clock, a journal or a metric.
 */
@NullMarked
package io.stratoswarm.healing.lstm;

import org.jspecify.annotations.NullMarked;
