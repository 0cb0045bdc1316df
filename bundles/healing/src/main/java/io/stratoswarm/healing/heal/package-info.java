/**
 * Heals. A failure is looked at ({@link io.stratoswarm.healing.heal.Witness}), named, and something is chosen; whether it may be done now is for
 * {@link io.stratoswarm.healing.heal.Guard} to say and for the rules that decisions are judged by; what came of it is watched and learned.
 */
@NullMarked
package io.stratoswarm.healing.heal;

import org.jspecify.annotations.NullMarked;
