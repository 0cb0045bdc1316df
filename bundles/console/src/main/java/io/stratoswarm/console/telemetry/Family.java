package io.stratoswarm.console.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Numbers of one name.
 *
 * @param name without {@code _total}
 * @param unit empty, or the last part of the name
 */
public record Family(String name, Kind kind, String unit, String help, List<Point> points) {
    /** How the numbers are to be read. */
    public enum Kind {
        GAUGE,
        COUNTER,
        /** Always 1: the labels are what is told. */
        INFO
    }

    /** One number and what tells it from its neighbours. */
    public record Point(Map<String, String> labels, double value) {
        public Point {
            labels = Map.copyOf(labels);
        }
    }

    public static Family of(String name, Kind kind, String unit, String help) {
        return new Family(name, kind, unit, help, new ArrayList<>());
    }

    public Family add(Map<String, String> labels, double value) {
        points.add(new Point(labels, value));
        return this;
    }

    public Family add(double value) {
        return add(Map.of(), value);
    }
}
