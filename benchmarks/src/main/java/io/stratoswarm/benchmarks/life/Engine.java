package io.stratoswarm.benchmarks.life;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One engine's record, a row of series a cycle.
 *
 * @param series names of the columns after unit and time
 */
record Engine(int unit, List<String> series, List<float[]> rows) {
    Engine {
        series = List.copyOf(series);
        rows = List.copyOf(rows);
    }

    int cycles() {
        return rows.size();
    }

    /** Only what was seen until then. */
    Engine until(int cycles) {
        return new Engine(unit, series, rows.subList(0, cycles));
    }

    /** The engines of a file of C-MAPSS, by their numbers: unit, time and series, divided by blanks, with a line of names or without. */
    static List<Engine> read(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND, "cannot read " + file + "; give a file such as train_FD001.txt");
        }
        List<String> names = new ArrayList<>();
        Map<Integer, List<float[]>> units = new TreeMap<>();
        String[] header = {};
        int line = 0;
        for (String text : Files.readAllLines(file)) {
            line++;
            String[] fields = text.strip().split("\\s+");
            if (text.isBlank()) {
                continue;
            }
            if (header.length == 0 && names.isEmpty() && !fields[0].matches("[-+.0-9eE]+")) {
                header = fields;
                continue;
            }
            if (names.isEmpty()) {
                // The line of names of the data set names more columns than there are.
                for (int i = 2; i < fields.length; i++) {
                    names.add(i < header.length ? header[i] : "column" + (i + 1));
                }
            }
            if (fields.length < 3 || fields.length != names.size() + 2) {
                throw bad(
                        file,
                        line,
                        fields.length + " columns where " + Math.max(3, names.size() + 2)
                                + " are wanted (unit, time, series)");
            }
            float[] row = new float[names.size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) number(fields[i + 2], file, line);
            }
            List<float[]> rows = units.computeIfAbsent((int) number(fields[0], file, line), it -> new ArrayList<>());
            rows.add(row);
            if ((int) number(fields[1], file, line) != rows.size()) {
                throw bad(
                        file,
                        line,
                        "time is " + fields[1] + " where cycle " + rows.size() + " of unit " + fields[0] + " is due");
            }
        }
        if (units.isEmpty()) {
            throw new StratoswarmException(Kind.INVALID, file + " holds no engines");
        }
        return units.entrySet().stream()
                .map(it -> new Engine(it.getKey(), names, it.getValue()))
                .toList();
    }

    private static double number(String text, Path file, int line) {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw bad(file, line, "'" + text + "' is not a number");
        }
        throw bad(file, line, "'" + text + "' is not a finite number");
    }

    private static StratoswarmException bad(Path file, int line, String what) {
        return new StratoswarmException(Kind.INVALID, file + ":" + line + ": " + what);
    }
}
