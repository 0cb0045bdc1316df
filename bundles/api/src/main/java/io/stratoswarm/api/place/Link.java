package io.stratoswarm.api.place;

import java.util.OptionalDouble;

/**
 * A connection of two places, the same in both directions. What crosses several links takes the path of the least latency.
 *
 * @param latency in any unit that is the same for all links
 * @param bandwidth bytes a second that a single flow can send over it; absent where it sets no limit
 */
public record Link(String from, String to, double latency, OptionalDouble bandwidth) {}
