package io.stratoswarm.benchmarks;

import fi.iki.yak.ts.compression.gorilla.GorillaCompressor;
import fi.iki.yak.ts.compression.gorilla.LongArrayOutput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;

/** The same values in a Gorilla library (blocks of ten minutes, as ours, and nothing but its bits), and as rows of SQLite. */
final class MetricPeers {
    private static final int BLOCK_SECONDS = 600;
    private static final int DAY_SECONDS = 86_400;

    private MetricPeers() {}

    static void run(Path folder, List<SimulatedAgent> agents, int seconds, long start) throws Exception {
        double[][][] values = new double[agents.size()][ProcessTraces.NAMES.length][seconds];
        for (int second = 0; second < seconds; second++) {
            for (int a = 0; a < agents.size(); a++) {
                agents.get(a).second();
                for (int m = 0; m < values[a].length; m++) {
                    values[a][m][second] = agents.get(a).value(m);
                }
            }
        }
        gorilla(values, seconds, start);
        sqlite(folder, values, seconds, start);
    }

    private static void gorilla(double[][][] values, int seconds, long start) {
        long longs = 0;
        long samples = 0;
        for (double[][] agent : values) {
            for (double[] metric : agent) {
                for (int begin = 0; begin < seconds; begin += BLOCK_SECONDS) {
                    LongArrayOutput out = new LongArrayOutput();
                    // The library counts time in seconds.
                    GorillaCompressor compressor = new GorillaCompressor(start / 1_000 + begin, out);
                    for (int second = begin; second < begin + BLOCK_SECONDS; second++) {
                        compressor.addValue(start / 1_000 + second, metric[second]);
                        samples++;
                    }
                    compressor.close();
                    longs += out.getLongArray().length;
                }
            }
        }
        System.out.printf(
                "Gorilla library: %.3f bytes a sample, without names, index or file%n", longs * 8.0 / samples);
    }

    private static void sqlite(Path folder, double[][][] values, int seconds, long start) throws Exception {
        Path file = folder.resolve("metrics.db");
        long samples = 0;
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute(
                    "CREATE TABLE samples(series INTEGER, time INTEGER, value REAL, PRIMARY KEY(series, time))"
                            + " WITHOUT ROWID");
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO samples VALUES(?,?,?)")) {
                int series = 0;
                for (double[][] agent : values) {
                    for (double[] metric : agent) {
                        for (int second = 0; second < seconds; second++) {
                            insert(insert, series, start + second * 1_000L, metric[second]);
                            samples++;
                        }
                        series++;
                    }
                }
                connection.commit();
                connection.setAutoCommit(true);
                statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)").close();
                System.out.printf("SQLite rows: %.1f bytes a sample%n", (double) Files.size(file) / samples);
                connection.setAutoCommit(false);
                for (int second = 0; second < DAY_SECONDS; second++) {
                    insert(insert, series, start + second * 1_000L, values[0][0][second % seconds]);
                }
                connection.commit();
                query(connection, series);
            }
        }
    }

    private static void insert(PreparedStatement insert, int series, long time, double value) throws SQLException {
        insert.setInt(1, series);
        insert.setLong(2, time);
        insert.setDouble(3, value);
        insert.executeUpdate();
    }

    private static void query(Connection connection, int series) throws SQLException {
        double[] millis = new double[50];
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT time/60000, avg(value) FROM samples WHERE series=? GROUP BY time/60000")) {
            for (int round = 0; round < millis.length; round++) {
                long began = System.nanoTime();
                query.setInt(1, series);
                try (ResultSet result = query.executeQuery()) {
                    while (result.next()) {
                        result.getDouble(2);
                    }
                }
                millis[round] = (System.nanoTime() - began) / 1e6;
            }
        }
        Arrays.sort(millis);
        System.out.printf("SQLite, one metric over 24 h, step 60 s: p50 %.1f ms%n", millis[millis.length / 2]);
    }
}
