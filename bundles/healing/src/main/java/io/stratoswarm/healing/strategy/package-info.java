/**
 * What is done about a class of failures: acts, what is expected of each, and what was learned of them. One act is chosen by a contextual bandit
 * whose reward is measured recovery. All that was learned is a fold of events, so that a replay of the journal learns the same. Pure: nothing
 * here looks at a clock or draws a number.
 */
@NullMarked
package io.stratoswarm.healing.strategy;

import org.jspecify.annotations.NullMarked;
