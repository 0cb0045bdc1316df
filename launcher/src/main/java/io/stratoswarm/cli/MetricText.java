package io.stratoswarm.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Metrics for people and for spreadsheets. */
final class MetricText {
    private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final String LEVELS = "_.-=+*#@";
    private static final int CELLS = 60;

    private MetricText() {}

    /** With its unit; bytes as multiples of 1024. */
    static String value(@Nullable Object given, String unit) {
        if (!(given instanceof Number number)) {
            return "-";
        }
        double value = number.doubleValue();
        if (unit.equals("bytes") || unit.equals("bytes/s")) {
            int power = 0;
            while (Math.abs(value) >= 1_024 && power < BINARY.length - 1) {
                value /= 1_024;
                power++;
            }
            return plain(value) + " " + BINARY[power] + unit.substring("bytes".length());
        }
        String shown = unit.equals("ratio") ? plain(value * 100) + " %" : plain(value);
        return unit.isEmpty() || unit.equals("ratio") ? shown : shown + " " + unit;
    }

    private static String plain(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return Long.toString((long) value);
        }
        String text = String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.1f" : "%.3g", value);
        return text.contains("e") ? String.format(Locale.ROOT, "%.6f", value) : text;
    }

    /** One line of a table for one series. */
    static void row(Table table, Map<String, Object> series, String title, boolean perSecond) {
        List<Double> values = values(series);
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        double last = Double.NaN;
        for (double value : values) {
            if (!Double.isNaN(value)) {
                least = Math.min(least, value);
                greatest = Math.max(greatest, value);
                last = value;
            }
        }
        String unit = JsonText.text(series, "unit") + (perSecond ? "/s" : "");
        table.row(
                JsonText.text(series, "subject"),
                title,
                sparkline(values, least, greatest),
                Double.isNaN(last) ? "-" : value(least, unit),
                Double.isNaN(last) ? "-" : value(greatest, unit),
                Double.isNaN(last) ? "-" : value(last, unit));
    }

    private static List<Double> values(Map<String, Object> series) {
        List<Double> values = new ArrayList<>();
        if (series.get("values") instanceof List<?> list) {
            for (Object item : list) {
                values.add(item instanceof Number number ? number.doubleValue() : Double.NaN);
            }
        }
        return values;
    }

    /** In ASCII, low to high; the last values where there are more than fit, the mean of several in a cell. */
    static String sparkline(List<Double> values, double least, double greatest) {
        int per = Math.max(1, Math.ceilDiv(values.size(), CELLS));
        StringBuilder line = new StringBuilder();
        for (int begin = 0; begin < values.size(); begin += per) {
            double sum = 0;
            int count = 0;
            for (double value : values.subList(begin, Math.min(values.size(), begin + per))) {
                if (!Double.isNaN(value)) {
                    sum += value;
                    count++;
                }
            }
            if (count == 0) {
                line.append(' ');
            } else {
                double height = greatest > least ? (sum / count - least) / (greatest - least) : 0;
                line.append(LEVELS.charAt((int) Math.min(LEVELS.length() - 1, height * LEVELS.length())));
            }
        }
        return line.toString();
    }

    static void csv(List<Map<String, Object>> found, Output out) {
        out.println("subject,metric,time,value");
        for (Map<String, Object> series : found) {
            String head = quoted(JsonText.text(series, "subject")) + "," + quoted(MetricsCommand.title(series)) + ",";
            List<Double> values = values(series);
            if (series.get("times") instanceof List<?> times) {
                for (int i = 0; i < times.size() && i < values.size(); i++) {
                    if (times.get(i) instanceof Number time) {
                        double value = values.get(i);
                        out.println(head + Instant.ofEpochMilli(time.longValue()) + ","
                                + (Double.isNaN(value) ? "" : number(value)));
                    }
                }
            }
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /** RFC 4180. */
    private static String quoted(String text) {
        return text.contains(",") || text.contains("\"") || text.contains("\n")
                ? '"' + text.replace("\"", "\"\"") + '"'
                : text;
    }
}
