/** The memory of the swarm, for those who ask later: captures of state, replay, proofs for outsiders, decisions, rules, trails. */
@NullMarked
package io.stratoswarm.audit;

import org.jspecify.annotations.NullMarked;
