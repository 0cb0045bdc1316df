package io.stratoswarm.console.telemetry;

import java.util.Map;

/**
 * One finished span of a trace.
 *
 * @param kind {@link #INTERNAL} or {@link #SERVER}
 * @param trace 32 hexadecimal digits
 * @param id 16 hexadecimal digits
 * @param parent 16 hexadecimal digits, or empty
 * @param attributes strings, longs, doubles or booleans
 */
public record Span(
        String name,
        int kind,
        String trace,
        String id,
        String parent,
        long startNanos,
        long endNanos,
        Map<String, Object> attributes,
        boolean failed) {
    public static final int INTERNAL = 1;
    public static final int SERVER = 2;

    public Span {
        attributes = Map.copyOf(attributes);
    }
}
