/** In-memory twins of the journal, the process host and the clock, for tests. */
@NullMarked
package io.stratoswarm.core.testing;

import org.jspecify.annotations.NullMarked;
