package io.stratoswarm.console.telemetry;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** The text of OpenMetrics 1.0 (the specification's section "Text format"). */
public final class OpenMetrics {
    public static final String MEDIA_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private OpenMetrics() {}

    public static String text(Collection<Family> families) {
        StringBuilder text = new StringBuilder(8_192);
        for (Family family : families) {
            if (!family.points().isEmpty()) {
                family(text, family);
            }
        }
        return text.append("# EOF\n").toString();
    }

    private static void family(StringBuilder text, Family family) {
        String type = switch (family.kind()) {
            case GAUGE -> "gauge";
            case COUNTER -> "counter";
            case INFO -> "info";
        };
        text.append("# TYPE ").append(family.name()).append(' ').append(type).append('\n');
        // The unit must be the suffix of the name, else the whole is not valid.
        if (!family.unit().isEmpty() && family.name().endsWith("_" + family.unit())) {
            text.append("# UNIT ")
                    .append(family.name())
                    .append(' ')
                    .append(family.unit())
                    .append('\n');
        }
        if (!family.help().isEmpty()) {
            text.append("# HELP ").append(family.name()).append(' ');
            escape(text, family.help());
            text.append('\n');
        }
        String suffix = switch (family.kind()) {
            case GAUGE -> "";
            case COUNTER -> "_total";
            case INFO -> "_info";
        };
        for (Family.Point point : family.points()) {
            text.append(family.name()).append(suffix);
            labels(text, point.labels());
            text.append(' ').append(number(point.value())).append('\n');
        }
    }

    private static void labels(StringBuilder text, Map<String, String> labels) {
        if (labels.isEmpty()) {
            return;
        }
        Map<String, String> clean = new TreeMap<>();
        labels.forEach((name, value) -> clean.merge(labelName(name), value, (a, b) -> a));
        char separator = '{';
        for (Map.Entry<String, String> label : clean.entrySet()) {
            text.append(separator).append(label.getKey()).append("=\"");
            escape(text, label.getValue());
            text.append('"');
            separator = ',';
        }
        text.append('}');
    }

    private static String labelName(String name) {
        String clean = name.replaceAll("[^A-Za-z0-9_]", "_");
        return clean.isEmpty() || Character.isDigit(clean.charAt(0)) ? "_" + clean : clean;
    }

    private static void escape(StringBuilder text, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '"' -> text.append("\\\"");
                case '\n' -> text.append("\\n");
                default -> text.append(c);
            }
        }
    }

    static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return String.valueOf((long) value);
        }
        return Double.isNaN(value)
                ? "NaN"
                : Double.isInfinite(value) ? (value > 0 ? "+Inf" : "-Inf") : String.valueOf(value);
    }
}
