/**
 * What the daemon does with forecasts: it keeps the course of each agent, predicts a failure where the forecast is sure enough, prevents it
 * with the means and under the guard of {@code heal}, and keeps the record of what came of it. Some predictions are left alone by lot, so
 * that the gain is measured and not assumed. {@code docs/prediction.md} tells it to users.
 */
@NullMarked
package io.stratoswarm.healing.prevent;

import org.jspecify.annotations.NullMarked;
