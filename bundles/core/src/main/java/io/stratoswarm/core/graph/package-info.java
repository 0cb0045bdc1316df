/** Declared graphs: their order by dependency, and the difference between what is declared and what is asked for. Pure. */
@NullMarked
package io.stratoswarm.core.graph;

import org.jspecify.annotations.NullMarked;
