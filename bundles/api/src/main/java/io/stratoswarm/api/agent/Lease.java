package io.stratoswarm.api.agent;

/**
 * One agent is in the hands of one holder for a limited time.
 *
 * @param agent id of the agent
 * @param holder the actor whose commands go on as usual
 * @param untilNanos when it ends by itself, since 1970-01-01T00:00Z
 * @param reason one line: what the holder is about
 */
public record Lease(String agent, String holder, long untilNanos, String reason) {}
