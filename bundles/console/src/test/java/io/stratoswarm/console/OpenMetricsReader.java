package io.stratoswarm.console;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads OpenMetrics 1.0 as strictly as its specification allows, for the types that are written here. */
final class OpenMetricsReader {
    private static final Pattern META = Pattern.compile("# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"");
    private static final Pattern SAMPLE = Pattern.compile(
            "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(?:" + LABEL.pattern() + "(?:,(?!\\})|(?=\\})))*\\})? (\\S+)");
    private static final Map<String, String> SUFFIX = Map.of("gauge", "", "counter", "_total", "info", "_info");

    private final Map<String, Double> samples = new HashMap<>();
    private final Map<String, String> types = new HashMap<>();
    private final Set<String> metas = new HashSet<>();
    private String family = "";

    private OpenMetricsReader() {}

    /** Values by name and labels, as they stand. */
    static Map<String, Double> read(String text) {
        OpenMetricsReader reader = new OpenMetricsReader();
        need(text.endsWith("# EOF\n"), "the text does not end with # EOF");
        String body = text.substring(0, text.length() - "# EOF\n".length());
        body.lines().forEach(reader::line);
        return reader.samples;
    }

    private static void need(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private void line(String line) {
        need(!line.isEmpty() && !line.equals("# EOF"), "an empty line, or an end before the end");
        if (line.startsWith("#")) {
            meta(line);
        } else {
            sample(line);
        }
    }

    private void meta(String line) {
        Matcher matcher = META.matcher(line);
        need(matcher.matches(), "no metadata: " + line);
        String name = matcher.group(2);
        need(metas.add(matcher.group(1) + " " + name), "twice: " + line);
        if (!name.equals(family)) {
            need(!types.containsKey(name), "the family " + name + " is interrupted by another");
            family = name;
        }
        switch (matcher.group(1)) {
            case "TYPE" -> {
                need(SUFFIX.containsKey(matcher.group(3)), "no such type: " + line);
                types.put(name, matcher.group(3));
            }
            case "UNIT" -> need(name.endsWith("_" + matcher.group(3)), "the unit is not the name's suffix: " + line);
            default ->
                need(
                        !matcher.group(3).matches(".*(?<!\\\\)(\\\\\\\\)*\\\\([^\\\\n\"]|$).*"),
                        "a wrong escape: " + line);
        }
    }

    private void sample(String line) {
        Matcher matcher = SAMPLE.matcher(line);
        need(matcher.matches(), "no sample: " + line);
        String type = types.getOrDefault(family, "");
        need(!type.isEmpty(), "a sample before its type: " + line);
        need(
                matcher.group(1).equals(family + SUFFIX.get(type)),
                "a name that is not of the " + type + " " + family + ": " + line);
        String labels = matcher.group(2) == null ? "" : matcher.group(2);
        Set<String> names = new HashSet<>();
        Matcher label = LABEL.matcher(labels);
        while (label.find()) {
            need(names.add(label.group(1)), "a label twice: " + line);
        }
        double value;
        try {
            value = Double.parseDouble(matcher.group(5).replace("Inf", "Infinity"));
        } catch (NumberFormatException e) {
            throw new AssertionError("no number: " + line, e);
        }
        need(!type.equals("counter") || value >= 0, "a counter below zero: " + line);
        need(samples.put(matcher.group(1) + labels, value) == null, "the same sample twice: " + line);
    }
}
