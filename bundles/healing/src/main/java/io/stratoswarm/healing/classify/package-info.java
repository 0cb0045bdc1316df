/**
 * Names what went wrong. A window's measures are compared with examples whose class is known, under a metric that was learned so that examples of
 * one class lie together; what is far from all of them is of no known class and opens one of its own. Pure: the same model and the same
 * measures give the same verdict.
 */
@NullMarked
package io.stratoswarm.healing.classify;

import org.jspecify.annotations.NullMarked;
