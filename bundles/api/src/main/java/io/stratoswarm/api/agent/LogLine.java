package io.stratoswarm.api.agent;

/**
 * A piece of an agent's captured output: one line without its line end.
 *
 * @param timeMillis when the daemon received the chunk that it came in, since 1970-01-01T00:00Z; 0 where not known
 * @param stream {@code out} or {@code err}
 */
public record LogLine(String agent, long timeMillis, String stream, String text) {}
