/**
 * Conditions in CEL (Common Expression Language) on events, decisions and state, and packs of rules made of them.
 *
 * <p>{@link io.stratoswarm.audit.rule.CelCondition} is one condition, and {@link io.stratoswarm.audit.rule.CelView} what it sees. A
 * {@link io.stratoswarm.audit.rule.RulePack} is read from YAML with the place of every error, so that a bad edit leaves the last good
 * version in force and says where it is wrong.
 */
@NullMarked
package io.stratoswarm.audit.rule;

import org.jspecify.annotations.NullMarked;
