/**
 * Keeps the rules: folders of packs, rules on decisions before they act, on events once they are durable, on agents and graphs as they
 * are; and does what a rule says where it does not hold. Reads no YAML and knows no CEL, which is in {@code audit.rule}.
 */
@NullMarked
package io.stratoswarm.audit.compliance;

import org.jspecify.annotations.NullMarked;
