/**
 * The supervisor of agents. One owner, {@link io.stratoswarm.core.agent.Supervisor}, decides every command and every notice of
 * the process host against a state that includes what is not yet durable, appends the decision to the journal, and begins
 * effects only once the append is durable.
 *
 * <p>{@link io.stratoswarm.core.agent.AgentsFold} is the pure fold: it reads no clock and draws no chance; times and delays are
 * in the events. Order of authority: operator stop, then the restart policy.
 */
@NullMarked
package io.stratoswarm.core.agent;

import org.jspecify.annotations.NullMarked;
