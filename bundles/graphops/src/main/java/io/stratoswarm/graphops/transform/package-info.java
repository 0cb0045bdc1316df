/**
 * Changes of running graphs. A {@link io.stratoswarm.graphops.transform.Kinds kind} says what a graph is to be; a {@link
 * io.stratoswarm.graphops.transform.Course course} is the stages from what it is to that, each a declaration and what must have
 * happened before the next one; a run carries them out, and begins again where a killed daemon stopped.
 */
@NullMarked
package io.stratoswarm.graphops.transform;

import org.jspecify.annotations.NullMarked;
