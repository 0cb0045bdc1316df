@NullMarked
package io.stratoswarm.core.graph;

import org.jspecify.annotations.NullMarked;
