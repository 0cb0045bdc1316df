package io.stratoswarm.graphops.reshape;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** How a flow was at one moment. */
record FlowSample(
        long nanos, long lagRecords, long lagBytes, double ratePerSecond, double backpressure, double idleSeconds) {
    static final List<String> METRICS =
            List.of("lagRecords", "lagBytes", "ratePerSecond", "backpressure", "idleSeconds");

    double value(String metric) {
        return switch (metric) {
            case "lagRecords" -> lagRecords;
            case "lagBytes" -> lagBytes;
            case "ratePerSecond" -> ratePerSecond;
            case "backpressure" -> backpressure;
            case "idleSeconds" -> idleSeconds;
            default -> throw new IllegalArgumentException(metric);
        };
    }

    ObjectNode json(long now) {
        return Json.object()
                .put("ago", seconds(now - nanos))
                .put("lagRecords", lagRecords)
                .put("lagBytes", lagBytes)
                .put("ratePerSecond", ratePerSecond)
                .put("backpressure", backpressure)
                .put("idleSeconds", idleSeconds);
    }

    /** To the millisecond: nobody decides by less, and inputs stay short. */
    static double seconds(long nanos) {
        return nanos / 1_000_000 / 1_000.0;
    }
}
