package io.stratoswarm.benchmarks.nab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.benchmarks.nab.NabSeries.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A folder laid out like the corpus: {@code data}, and with it or not {@code labels/combined_windows.json} and {@code profiles.json}. */
final class NabCorpus {
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter();

    private final Path folder;
    private final Optional<JsonNode> labels;

    NabCorpus(Path folder) {
        this.folder = folder;
        if (!Files.isDirectory(folder.resolve("data"))) {
            throw invalid(folder + " has no folder data; name a folder laid out like the Numenta Anomaly Benchmark");
        }
        labels = json(folder.resolve("labels/combined_windows.json"));
    }

    /** One file, as it is written; the detector sees times and values only. */
    record DataFile(String name, List<String> times, List<String> values, long[] millis, double[] numbers) {
        DataFile {
            times = List.copyOf(times);
            values = List.copyOf(values);
            millis = millis.clone();
            numbers = numbers.clone();
        }

        int rows() {
            return times.size();
        }
    }

    /** The names of all files of data, such as {@code realTraffic/speed_7578.csv}, in order. */
    List<String> names() {
        Path data = folder.resolve("data");
        try (Stream<Path> files = Files.walk(data)) {
            List<String> names = files.filter(file -> file.toString().endsWith(".csv"))
                    .map(file -> data.relativize(file).toString())
                    .sorted()
                    .toList();
            if (names.isEmpty()) {
                throw invalid(data + " has no file that ends in .csv");
            }
            return names;
        } catch (IOException unreadable) {
            throw new StratoswarmException(
                    Kind.SYSTEM, "cannot list " + data + ": " + unreadable.getMessage(), unreadable);
        }
    }

    boolean hasLabels() {
        return labels.isPresent();
    }

    /** The profiles of the folder, else those of the corpus. */
    List<NabProfile> profiles() {
        Path file = folder.resolve("profiles.json");
        if (!Files.exists(file)) {
            file = folder.resolve("config/profiles.json");
        }
        Optional<JsonNode> json = json(file);
        if (json.isEmpty()) {
            return NabProfile.all();
        }
        List<NabProfile> profiles = new ArrayList<>();
        for (var entry : json.get().properties()) {
            JsonNode costs = entry.getValue().path("CostMatrix");
            profiles.add(new NabProfile(
                    entry.getKey(),
                    number(costs, "tpWeight", file),
                    number(costs, "fnWeight", file),
                    number(costs, "fpWeight", file)));
        }
        return profiles;
    }

    DataFile read(String name) {
        Path file = folder.resolve("data").resolve(name);
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new StratoswarmException(
                    Kind.SYSTEM, "cannot read " + file + ": " + unreadable.getMessage(), unreadable);
        }
        if (lines.isEmpty() || !lines.getFirst().startsWith("timestamp,value")) {
            throw invalid(file + ":1: expected the columns timestamp,value");
        }
        List<String> times = new ArrayList<>();
        List<String> values = new ArrayList<>();
        long[] millis = new long[lines.size()];
        double[] numbers = new double[lines.size()];
        for (int i = 1; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            String[] cells = lines.get(i).split(",", -1);
            if (cells.length < 2) {
                throw invalid(file + ":" + (i + 1) + ": expected a time and a value");
            }
            int row = times.size();
            millis[row] = time(cells[0], file + ":" + (i + 1));
            numbers[row] = value(cells[1], file + ":" + (i + 1));
            times.add(cells[0]);
            values.add(cells[1]);
        }
        return new DataFile(
                name, times, values, Arrays.copyOf(millis, times.size()), Arrays.copyOf(numbers, times.size()));
    }

    /** The labelled windows of this file; empty where the labels do not name it, which is another thing than a file without anomalies. */
    Optional<List<Window>> windows(DataFile file) {
        if (labels.isEmpty() || !labels.get().has(file.name())) {
            return Optional.empty();
        }
        List<Window> windows = new ArrayList<>();
        for (JsonNode window : labels.get().get(file.name())) {
            windows.add(new Window(
                    row(file, window.path(0).asText()), row(file, window.path(1).asText())));
        }
        return Optional.of(windows);
    }

    private int row(DataFile file, String time) {
        long millis = time(time, folder.resolve("labels/combined_windows.json") + ": " + file.name());
        for (int row = 0; row < file.rows(); row++) {
            if (file.millis[row] == millis) {
                return row;
            }
        }
        throw invalid(folder.resolve("labels/combined_windows.json") + ": " + file.name() + " has no row at " + time);
    }

    private static long time(String text, String where) {
        try {
            return LocalDateTime.parse(text.strip(), TIME)
                    .toInstant(ZoneOffset.UTC)
                    .toEpochMilli();
        } catch (DateTimeParseException malformed) {
            throw new StratoswarmException(
                    Kind.INVALID, where + ": '" + text + "' is not a time like 2014-02-14 14:30:00", malformed);
        }
    }

    private static double value(String text, String where) {
        try {
            return text.isBlank() ? Double.NaN : Double.parseDouble(text);
        } catch (NumberFormatException malformed) {
            throw new StratoswarmException(Kind.INVALID, where + ": '" + text + "' is not a number", malformed);
        }
    }

    private static double number(JsonNode object, String field, Path file) {
        if (!object.path(field).isNumber()) {
            throw invalid(file + ": expected a number as " + field + " of each CostMatrix");
        }
        return object.get(field).asDouble();
    }

    private static Optional<JsonNode> json(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode node = new JsonMapper().readTree(file.toFile());
            if (!node.isObject()) {
                throw invalid(file + " does not hold a JSON object");
            }
            return Optional.of(node);
        } catch (JsonProcessingException malformed) {
            throw new StratoswarmException(
                    Kind.INVALID, file + " is not JSON: " + malformed.getOriginalMessage(), malformed);
        } catch (IOException unreadable) {
            throw new StratoswarmException(
                    Kind.SYSTEM, "cannot read " + file + ": " + unreadable.getMessage(), unreadable);
        }
    }

    private static StratoswarmException invalid(String message) {
        return new StratoswarmException(Kind.INVALID, message);
    }
}
