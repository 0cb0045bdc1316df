package io.stratoswarm.core.metric;

/** Stored bytes are not what was written. The record that they belong to is left out and counted. */
final class MetricDamage extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MetricDamage(String message) {
        super(message);
    }
}
