package io.stratoswarm.healing.predict;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Lessons of the fault bench that come with the bundle, so that a model that learns on a host does not forget them. A gzipped file: the
 * number of lessons (4 bytes), steps and series (2 each); for each lesson a byte for each target, in hundredths, and one for each value of
 * its window: hundredths above or below 0.25, -128 for what is not known. A hundredth is less than what the measures scatter by.
 */
public final class KeptLessons {
    private static final String FILE = "forecast-lessons.gz";
    private static final int UNKNOWN = -128;
    private static final double MIDDLE = 0.25;

    private KeptLessons() {}

    public static List<Lesson> shipped() {
        try (InputStream in = KeptLessons.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("the bundle lacks its file " + FILE);
            }
            return read(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Lesson> read(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new GZIPInputStream(new ByteArrayInputStream(bytes)))) {
            int count = in.readInt();
            int steps = in.readShort();
            int series = in.readShort();
            if (steps != Track.STEPS || series != Track.SERIES.size()) {
                throw new IOException("the lessons in " + FILE + " are of " + steps + " steps and " + series
                        + " series; this program measures " + Track.STEPS + " and " + Track.SERIES.size());
            }
            List<Lesson> lessons = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                float[] targets = new float[LstmForecaster.HORIZONS.size()];
                for (int t = 0; t < targets.length; t++) {
                    targets[t] = in.readByte() / 100f;
                }
                float[] window = new float[steps * series];
                for (int v = 0; v < window.length; v++) {
                    byte value = in.readByte();
                    window[v] = value == UNKNOWN ? Float.NaN : (float) (MIDDLE + value / 100.0);
                }
                lessons.add(new Lesson(0, window, targets, 1));
            }
            return lessons;
        }
    }

    public static byte[] write(List<Lesson> lessons) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
            out.writeInt(lessons.size());
            out.writeShort(Track.STEPS);
            out.writeShort(Track.SERIES.size());
            for (Lesson lesson : lessons) {
                for (float target : lesson.targets()) {
                    out.writeByte(Math.round(target * 100));
                }
                for (float value : lesson.window()) {
                    out.writeByte(Float.isNaN(value) ? UNKNOWN : (int) Math.round((value - MIDDLE) * 100));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Bytes in memory take all that is written.
        }
        return bytes.toByteArray();
    }
}
