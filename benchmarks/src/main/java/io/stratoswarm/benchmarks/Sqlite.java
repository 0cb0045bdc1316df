package io.stratoswarm.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;

/** SQLite (WAL, synchronous=FULL) storing the same records, tree nodes and index entries. */
final class Sqlite implements Peer {
    private final Connection connection;
    private final PreparedStatement event;
    private final PreparedStatement hash;
    private final byte[] frame;
    private final byte[] node = new byte[32];
    private long next;
    private long nextHash;

    Sqlite(Path folder, int frameBytes) {
        frame = new byte[frameBytes];
        new SplittableRandom(1).nextBytes(frame);
        try {
            connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("journal.db"));
            try (Statement setup = connection.createStatement()) {
                setup.execute("PRAGMA journal_mode=WAL");
                setup.execute("PRAGMA synchronous=FULL");
                setup.execute(
                        "CREATE TABLE events(seq INTEGER PRIMARY KEY, subject INTEGER, type INTEGER, frame BLOB)");
                setup.execute("CREATE TABLE hashes(i INTEGER PRIMARY KEY, hash BLOB)");
                setup.execute("CREATE INDEX by_subject ON events(subject, seq)");
                setup.execute("CREATE INDEX by_type ON events(type, seq)");
            }
            connection.setAutoCommit(false);
            event = connection.prepareStatement("INSERT INTO events VALUES(?,?,?,?)");
            hash = connection.prepareStatement("INSERT INTO hashes VALUES(?,?)");
        } catch (SQLException e) {
            throw new IllegalStateException("SQLite could not be set up", e);
        }
    }

    @Override
    public String name() {
        return "SQLite, WAL, FULL";
    }

    @Override
    public void write(int batch) {
        try {
            for (int i = 0; i < batch; i++) {
                event.setLong(1, next);
                event.setLong(2, next % 16);
                event.setLong(3, 1);
                event.setBytes(4, frame);
                event.executeUpdate();
                int nodes = 1 + Long.numberOfTrailingZeros(~next);
                for (int at = 0; at < nodes; at++) {
                    hash.setLong(1, nextHash++);
                    hash.setBytes(2, node);
                    hash.executeUpdate();
                }
                next++;
            }
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException("SQLite could not write", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("SQLite could not be closed", e);
        }
    }
}
