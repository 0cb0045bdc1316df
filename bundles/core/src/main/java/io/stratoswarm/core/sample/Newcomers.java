package io.stratoswarm.core.sample;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the cgroups that have got new processes, without listing the members of each: the kernel gives numbers out in rising order, and
 * the last one stands in {@code /proc/loadavg}, see proc_loadavg(5), so all new ones lie between that of the last round and that of
 * this. One that is just being made may be missed; whoever uses this lists all members now and then. For one thread.
 */
final class Newcomers implements AutoCloseable {
    /** To look at more costs as much as listing the members of many groups. */
    private static final int MOST = 256;

    private static final byte[] SLASH = Bytes.ascii("/");

    private final Host host;
    private final Held load;
    private long last = -1;

    Newcomers(Host host) {
        this.host = host;
        this.load = new Held(host.proc().resolve("loadavg").toString());
    }

    /** Names of the folders of cgroups that may have new members since the last call; null where any may. */
    @Nullable
    Set<String> groups(Reader reader) {
        long before = last;
        last = newest(reader);
        if (before < 0 || last < before || last - before > MOST) {
            return null;
        }
        Set<String> found = new HashSet<>();
        for (long number = before + 1; number <= last; number++) {
            Held file = new Held(host.process((int) number, "cgroup"), false);
            if (file.read(reader)) {
                addAll(reader.text(), found);
            }
            file.close();
        }
        return found;
    }

    private long newest(Reader reader) {
        if (!load.read(reader) || !reader.text().find(SLASH)) {
            return -1;
        }
        // Behind the tasks that there are.
        reader.text().number();
        return reader.text().number();
    }

    /** A line is {@code 4:cpuacct:/path/of/the/group}. */
    private static void addAll(Bytes text, Set<String> found) {
        for (String line : text.text().split("\n")) {
            found.add(line.substring(line.lastIndexOf('/') + 1));
        }
    }

    @Override
    public void close() {
        load.close();
    }
}
