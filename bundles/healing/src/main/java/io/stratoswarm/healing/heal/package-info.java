/**
 * Heals. A failure is looked at ({@link io.stratoswarm.healing.heal.Witness}), named, and something is chosen; whether it may be done now is for
 * {@link io.stratoswarm.healing.heal.Guard} to say and for the rules that decisions are judged by
 * ({@link io.stratoswarm.healing.heal.Resolution}); it is done beside what is done about other agents
 * ({@link io.stratoswarm.healing.heal.Deeds}, {@link io.stratoswarm.healing.heal.Hands}); what came of it is watched and learned.
 */
@NullMarked
package io.stratoswarm.healing.heal;

import org.jspecify.annotations.NullMarked;
