/** Finds what happened and what led to it, in the journal alone: whoever has the journal finds the same. */
@NullMarked
package io.stratoswarm.audit.trail;

import org.jspecify.annotations.NullMarked;
