/**
 * Scripts of the kind {@code reshape}: they look at a graph that runs and ask for transforms of it. What they ask for is validated as an
 * operator's request is, written down as a decision, and begun at once, or kept for an operator's word.
 */
@NullMarked
package io.stratoswarm.graphops.reshape;

import org.jspecify.annotations.NullMarked;
