/**
 * Whether a strategy is good enough to act: recorded cases ({@link io.stratoswarm.healing.trial.PastCases}) and an estimate of what another
 * choice would have earned in them ({@link io.stratoswarm.healing.trial.OffPolicy}); the stages that a new version of a script goes through and
 * their fold ({@link io.stratoswarm.healing.trial.StrategyFold}); and the test that ends a version that does worse
 * ({@link io.stratoswarm.healing.trial.Bets}). All but {@code Trials} and {@code Strategies} is pure.
 */
@NullMarked
package io.stratoswarm.healing.trial;

import org.jspecify.annotations.NullMarked;
