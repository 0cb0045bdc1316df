/**
 * Replays the journal: states of past moments and the changes between them, steps with breakpoints, branches without an event, and
 * decisions of scripts that are taken again.
 *
 * <p>{@link io.stratoswarm.audit.replay.ReplayControl} is the way in. The folds are those of the bundle that owns the state; this package
 * knows only its JSON, which it compares by {@link io.stratoswarm.audit.replay.JsonChanges}.
 */
@NullMarked
package io.stratoswarm.audit.replay;

import org.jspecify.annotations.NullMarked;
