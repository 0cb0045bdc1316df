/** The places of this host, and what a graph asks of places, as problems for a solver. */
@NullMarked
package io.stratoswarm.core.place;

import org.jspecify.annotations.NullMarked;
