package io.stratoswarm.scriptworker;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a script prints, as lines. Takes no more than the limit; what goes over it is told to the meter, which ends the call. */
final class Lines extends OutputStream {
    private final int limit;
    private final Meter meter;
    private final List<String> lines = new ArrayList<>();
    private byte[] line = new byte[128];
    private int length;
    private long total;

    Lines(int limit, Meter meter) {
        this.limit = limit;
        this.meter = meter;
    }

    @Override
    public void write(int one) {
        if (++total > limit) {
            meter.breach("outputBytes: it printed more than " + limit + " bytes");
            return;
        }
        if (one == '\n') {
            cut();
            return;
        }
        if (length == line.length) {
            line = java.util.Arrays.copyOf(line, length * 2);
        }
        line[length++] = (byte) one;
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
        for (int i = 0; i < count && total <= limit; i++) {
            write(bytes[from + i]);
        }
    }

    private void cut() {
        lines.add(new String(line, 0, length, StandardCharsets.UTF_8));
        length = 0;
    }

    /** The lines since the last time. */
    List<String> take() {
        total = 0;
        if (length > 0) {
            cut();
        }
        if (lines.isEmpty()) {
            return List.of();
        }
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }
}
