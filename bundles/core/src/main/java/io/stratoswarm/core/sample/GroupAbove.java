package io.stratoswarm.core.sample;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * The cgroup (version 2) that holds those of agents. To read it first makes those below cheaper: the kernel then adds up at one go what
 * each processor counted of all, and processor time and pressure that have not grown here have not grown in any of them.
 */
final class GroupAbove {
    private static final byte[] USAGE = Bytes.ascii("usage_usec ");

    private final Held usage;
    private long used = -1;
    private boolean ran = true;
    private final Held[] pressure = new Held[GroupReading.RESOURCES.length];
    private final long[] stalled = new long[pressure.length];
    private final long[] grown = new long[pressure.length];

    GroupAbove(Path folder) {
        usage = new Held(folder.resolve("cpu.stat").toString());
        for (int i = 0; i < pressure.length; i++) {
            pressure[i] = new Held(
                    folder.resolve(GroupReading.RESOURCES[i] + ".pressure").toString());
        }
        Arrays.fill(stalled, -1);
    }

    void read(Reader reader, long round) {
        long now =
                usage.read(reader) && reader.text().find(USAGE) ? reader.text().number() : -1;
        ran = now != used || now < 0;
        used = now;
        readPressure(reader, round);
    }

    private void readPressure(Reader reader, long round) {
        for (int i = 0; i < pressure.length; i++) {
            long now = pressure[i].read(reader) && reader.text().find(GroupReading.TOTAL)
                    ? reader.text().number()
                    : -1;
            if (now != stalled[i] || now < 0) {
                stalled[i] = now;
                grown[i] = round;
            }
        }
    }

    /** Whether anything below ran, or may have, between the last two times that this was read. */
    boolean ran() {
        return ran;
    }

    /** Whether the pressure on a resource grew, or may have, since it was read of a group below in a round. */
    boolean grew(int resource, long since) {
        return grown[resource] > since;
    }

    void close() {
        usage.close();
        for (Held file : pressure) {
            file.close();
        }
    }
}
