package io.stratoswarm.core.sample;

import io.stratoswarm.api.metric.SampleRow;
import io.stratoswarm.api.metric.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The series of one agent, made once. */
final class AgentSeries {
    private static final String[] IO_NAMES = {
        Names.IO_READ, Names.IO_WRITTEN, Names.IO_CALLS, Names.IO_CALLS, Names.STORAGE_READ, Names.STORAGE_WRITTEN
    };

    /** Places in {@link #row}. */
    static final int CPU_USER = 0;

    static final int CPU_SYSTEM = 1;
    static final int FAULTS = 2;
    static final int RSS = 3;
    static final int PROCESSES = 4;
    static final int THREADS = 5;
    static final int OPEN_FDS = 6;
    static final int IO = 7;
    static final int VOLUNTARY = 13;
    static final int INVOLUNTARY = 14;
    static final int PRESSURE = 15;
    static final int MEMORY = 21;
    static final int TASKS = 22;
    static final int THROTTLED = 23;
    static final int THROTTLED_PERIODS = 24;

    final String agent;
    /** What comes in every round, or about so. */
    final SampleRow row;

    final Series pss;
    final Series swap;
    final Series maxFds;
    final Series memoryLimit;
    final Series taskLimit;
    final Series cpuLimit;
    final Series oomKills;
    final Series uptime;
    private final Map<String, Series> sockets = new TreeMap<>();

    AgentSeries(String agent) {
        this.agent = agent;
        List<Series> usual = new ArrayList<>(List.of(
                labelled(Names.CPU, "mode", "user"),
                labelled(Names.CPU, "mode", "system"),
                labelled(Names.FAULTS, "kind", "major"),
                plain(Names.RSS),
                plain(Names.PROCESSES),
                plain(Names.THREADS),
                plain(Names.OPEN_FDS)));
        for (int i = 0; i < IO_NAMES.length; i++) {
            boolean calls = IO_NAMES[i].equals(Names.IO_CALLS);
            usual.add(calls ? labelled(IO_NAMES[i], "direction", i == 2 ? "read" : "write") : plain(IO_NAMES[i]));
        }
        usual.add(labelled(Names.SWITCHES, "kind", "voluntary"));
        usual.add(labelled(Names.SWITCHES, "kind", "involuntary"));
        for (int i = 0; i < MEMORY - PRESSURE; i++) {
            usual.add(pressure(agent, i));
        }
        usual.add(plain(Names.GROUP_MEMORY));
        usual.add(plain(Names.GROUP_TASKS));
        usual.add(plain(Names.THROTTLED));
        usual.add(plain(Names.THROTTLED_PERIODS));
        row = new SampleRow(usual);
        pss = plain(Names.PSS);
        swap = plain(Names.SWAP);
        maxFds = plain(Names.MAX_FDS);
        memoryLimit = plain(Names.GROUP_MEMORY_LIMIT);
        taskLimit = plain(Names.GROUP_TASKS_LIMIT);
        cpuLimit = plain(Names.GROUP_CPU_LIMIT);
        oomKills = plain(Names.OOM_KILLS);
        uptime = plain(Names.UPTIME);
    }

    /** @param index of {@link GroupReading#stalled} */
    static Series pressure(String subject, int index) {
        return Series.of(
                subject,
                Names.PRESSURE,
                Map.of("resource", GroupReading.RESOURCES[index / 2], "share", index % 2 == 0 ? "some" : "full"));
    }

    /** @param kind protocol and state, with a space between */
    Series sockets(String kind) {
        return sockets.computeIfAbsent(kind, key -> {
            String[] part = key.split(" ", 2);
            return Series.of(agent, Names.SOCKETS, Map.of("protocol", part[0], "state", part[1]));
        });
    }

    private Series plain(String name) {
        return Series.of(agent, name);
    }

    private Series labelled(String name, String label, String value) {
        return Series.of(agent, name, Map.of(label, value));
    }
}
