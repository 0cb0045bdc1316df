/** {@code stratoswarm demo}: the main job on this very host, in under two minutes, leaving nothing behind. */
@NullMarked
package io.stratoswarm.demo;

import org.jspecify.annotations.NullMarked;
