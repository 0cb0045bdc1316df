/**
 * The computation behind the prediction of failures: stacked LSTM layers with a dense head. A bundle that can do it faster, on a
 * graphics processor or with another library, serves {@link io.stratoswarm.api.learn.SequenceKernels}; {@code docs/prediction-model.md}
 * gives the formulas.
 */
@Export
@Version("1.0.0")
@NullMarked
package io.stratoswarm.api.learn;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
