/**
 * What the time before a moment looked like, as numbers that can be compared. A {@link io.stratoswarm.healing.pattern.Window} is what is known of
 * an agent, of those around it and of the host; {@link io.stratoswarm.healing.pattern.Patterns} are its measures, named and all of about the same
 * size, whatever the time scale and the program. Pure: the same window gives the same patterns.
 */
@NullMarked
package io.stratoswarm.healing.pattern;

import org.jspecify.annotations.NullMarked;
