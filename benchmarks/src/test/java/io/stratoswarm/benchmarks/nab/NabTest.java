package io.stratoswarm.benchmarks.nab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NabTest {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
    private static final LocalDateTime START = LocalDateTime.of(2020, 1, 1, 0, 0);

    @TempDir
    Path folder;

    private static String time(int row) {
        return START.plusMinutes(5L * row).format(TIME);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void writeData(String name) throws IOException {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder("timestamp,value\n");
        for (int row = 0; row < 2_000; row++) {
            text.append(time(row))
                    .append(',')
                    .append(row == 1_500 ? 40 : 10 + random.nextGaussian())
                    .append('\n');
        }
        write("data/" + name, text.toString());
    }

    private List<String> result(String name) throws IOException {
        return Files.readAllLines(folder.resolve("out/stratoswarm").resolve(name));
    }

    @Test
    void shouldWriteResultsOfFolderWithoutLabels() throws IOException {
        writeData("some/deep/one.csv");
        writeData("two.csv");
        Nab.run(folder, folder.resolve("out"));
        List<String> lines = result("some/deep/stratoswarm_one.csv");
        assertEquals("timestamp,value,anomaly_score,label", lines.getFirst());
        assertEquals(2_001, lines.size());
        assertTrue(lines.get(1_501).startsWith(time(1_500) + ",40.0,0.9"), lines.get(1_501));
        assertTrue(lines.get(1_501).endsWith(",0"), lines.get(1_501));
        assertEquals(2_001, result("stratoswarm_two.csv").size());
        assertFalse(Files.exists(folder.resolve("out/stratoswarm/stratoswarm_standard_scores.csv")));
    }

    @Test
    void shouldWriteScoresWhereThereAreLabels() throws IOException {
        writeData("kind/one.csv");
        write(
                "labels/combined_windows.json",
                "{\"kind/one.csv\": [[\"" + time(1_500) + ".000000\", \"" + time(1_600) + ".000000\"]]}");
        Nab.run(folder, folder.resolve("out"));
        List<String> lines = result("kind/stratoswarm_one.csv");
        assertEquals(
                "timestamp,value,anomaly_score,label,S(t)_standard,S(t)_reward_low_FP_rate,S(t)_reward_low_FN_rate",
                lines.getFirst());
        String[] cells = lines.get(1_501).split(",", -1);
        assertEquals("1", cells[3]);
        assertEquals(1, Double.parseDouble(cells[4]), 1e-12);
        List<String> scores = result("stratoswarm_standard_scores.csv");
        assertEquals("Detector,Profile,File,Threshold,Score,TP,TN,FP,FN,Total_Count", scores.getFirst());
        assertEquals(3, scores.size());
        assertEquals("1.0", scores.get(2).split(",")[4], scores.get(2));
    }

    @Test
    void shouldNotLetLabelsChangeScores() throws IOException {
        writeData("kind/one.csv");
        Nab.run(folder, folder.resolve("out"));
        List<String> before = result("kind/stratoswarm_one.csv");
        write("labels/combined_windows.json", "{\"kind/one.csv\": [[\"" + time(900) + "\", \"" + time(1_000) + "\"]]}");
        Nab.run(folder, folder.resolve("out"));
        List<String> after = result("kind/stratoswarm_one.csv");
        for (int row = 1; row < before.size(); row++) {
            assertEquals(before.get(row).split(",")[2], after.get(row).split(",")[2], "row " + row);
        }
    }

    @Test
    void shouldSayWhereInputIsWrong() throws IOException {
        assertMessage("has no folder data");
        Files.createDirectories(folder.resolve("data"));
        assertMessage("has no file that ends in .csv");
        write("data/one.csv", "time,value\n");
        assertMessage("one.csv:1: expected the columns timestamp,value");
        write("data/one.csv", "timestamp,value\n" + time(0) + ",1\nyesterday,2\n");
        assertMessage("one.csv:3: 'yesterday' is not a time");
        write("data/one.csv", "timestamp,value\n" + time(0) + ",many\n");
        assertMessage("one.csv:2: 'many' is not a number");
        write("data/one.csv", "timestamp,value\n" + time(0) + ",1\n");
        write("labels/combined_windows.json", "{\"one.csv\": [[\"" + time(0) + "\", \"" + time(1) + "\"]]}");
        assertMessage("one.csv has no row at " + time(1));
        write("labels/combined_windows.json", "{");
        assertMessage("is not JSON");
    }

    private void assertMessage(String part) {
        StratoswarmException failure =
                assertThrows(StratoswarmException.class, () -> Nab.run(folder, folder.resolve("out")));
        assertTrue(failure.toString().contains(part), failure.toString());
    }
}
