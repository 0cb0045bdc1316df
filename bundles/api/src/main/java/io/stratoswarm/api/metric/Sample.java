package io.stratoswarm.api.metric;

/**
 * A value of one moment. NaN says that it could not be measured then.
 *
 * @param timeMillis since 1970-01-01T00:00Z
 */
public record Sample(Series series, long timeMillis, double value) {}
