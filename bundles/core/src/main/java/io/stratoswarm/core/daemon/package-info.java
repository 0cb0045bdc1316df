/** The daemon itself as a service: what it is, and how it ends or is replaced in place. */
@NullMarked
package io.stratoswarm.core.daemon;

import org.jspecify.annotations.NullMarked;
