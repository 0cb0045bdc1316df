/**
 * The kinds of scripts that core brings: reactions, which answer events and times with actions on agents, and probes, which
 * measure and judge.
 */
@NullMarked
package io.stratoswarm.core.script.kinds;

import org.jspecify.annotations.NullMarked;
