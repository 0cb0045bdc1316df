/** Real worker processes, driven through the daemon's end of the pipe, against scripts that mean no good. */
@NullMarked
package io.stratoswarm.scriptworker;

import org.jspecify.annotations.NullMarked;
