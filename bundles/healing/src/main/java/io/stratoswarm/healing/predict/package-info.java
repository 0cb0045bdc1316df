/**
 * Foresees failures: the course of each agent's measures over the last half hour, step by step ({@link io.stratoswarm.healing.predict.Track}), and
 * a model of sequences that tells how probable a failure is, when, and what it would come from
 * ({@link io.stratoswarm.healing.predict.LstmForecaster}); and how the model goes on learning from what happened on a host
 * ({@link io.stratoswarm.healing.predict.Tuition}). Knows no agents, clocks and events: steps and lessons are given. {@code docs/prediction.md} says
 * what it was scored on.
 */
@NullMarked
package io.stratoswarm.healing.predict;

import org.jspecify.annotations.NullMarked;
