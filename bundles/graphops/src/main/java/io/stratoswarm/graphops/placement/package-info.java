/**
 * The solver of placements: a constructive start, simulated annealing with incremental scores, and explanations. The problem becomes
 * arrays first ({@link io.stratoswarm.graphops.placement.Model}); one mutable {@link io.stratoswarm.graphops.placement.State} is
 * changed and scored; {@code docs/placement.md} has the formulas.
 */
@NullMarked
package io.stratoswarm.graphops.placement;

import org.jspecify.annotations.NullMarked;
