/**
 * Strategies as scripts: the kind {@code healing}, whose scripts are given a case and name the act that is to be done about it. What such a script
 * is given is written down with each case, so that a later version can be asked what it would have chosen.
 */
@NullMarked
package io.stratoswarm.healing.script;

import org.jspecify.annotations.NullMarked;
