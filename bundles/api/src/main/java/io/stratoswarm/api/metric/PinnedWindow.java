package io.stratoswarm.api.metric;

/**
 * What was kept of the time before an event: all samples of its agent, of the agents of the same graph and of the host, and the
 * agent's last log lines, as one blob.
 *
 * @param sequence of the event that it belongs to
 * @param subject the agent
 * @param fromMillis inclusive
 * @param toMillis exclusive
 * @param hash of the blob
 */
public record PinnedWindow(long sequence, String subject, long fromMillis, long toMillis, String hash) {}
