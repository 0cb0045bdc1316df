/**
 * Foresees failures: the course of each agent's measures over the last half hour, step by step, and a model of sequences that tells how
 * probable a failure is, when, and what it would come from. {@code docs/prediction.md} says what it was scored on.
 */
@NullMarked
package io.stratoswarm.healing.predict;

import org.jspecify.annotations.NullMarked;
