package io.stratoswarm.api.metric;

/**
 * What lines of an agent's output have in common.
 *
 * @param id names it among the templates of its agent, for ever; {@code other} stands for all lines that no template was found for
 * @param text the words that its lines share; {@code <*>} and words such as {@code <NUM>} stand for what differs
 * @param lines that fell under it since the daemon began
 * @param lastMillis when the last one did, since 1970-01-01T00:00Z; 0 where none did since the daemon began
 */
public record LogTemplate(String id, String text, long lines, long lastMillis) {}
