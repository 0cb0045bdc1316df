/** Scripts of the kind {@code transform}: as nodes, and on flows. */
@NullMarked
package io.stratoswarm.graphops.script;

import org.jspecify.annotations.NullMarked;
