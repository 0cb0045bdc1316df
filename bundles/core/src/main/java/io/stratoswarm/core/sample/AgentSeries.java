package io.stratoswarm.core.sample;

import io.stratoswarm.api.metric.Series;
import java.util.Map;
import java.util.TreeMap;

/** The series of one agent, made once. */
final class AgentSeries {
    private static final String[] IO_NAMES = {
        Names.IO_READ, Names.IO_WRITTEN, Names.IO_CALLS, Names.IO_CALLS, Names.STORAGE_READ, Names.STORAGE_WRITTEN
    };

    final String agent;
    final Series cpuUser;
    final Series cpuSystem;
    final Series rss;
    final Series pss;
    final Series swap;
    final Series faults;
    final Series[] io = new Series[6];
    final Series processes;
    final Series threads;
    final Series openFds;
    final Series maxFds;
    final Series voluntary;
    final Series involuntary;
    final Series[] pressure = new Series[6];
    final Series memory;
    final Series memoryLimit;
    final Series tasks;
    final Series taskLimit;
    final Series cpuLimit;
    final Series throttled;
    final Series throttledPeriods;
    final Series oomKills;
    final Series uptime;
    private final Map<String, Series> sockets = new TreeMap<>();

    AgentSeries(String agent) {
        this.agent = agent;
        cpuUser = labelled(Names.CPU, "mode", "user");
        cpuSystem = labelled(Names.CPU, "mode", "system");
        rss = plain(Names.RSS);
        pss = plain(Names.PSS);
        swap = plain(Names.SWAP);
        faults = labelled(Names.FAULTS, "kind", "major");
        for (int i = 0; i < io.length; i++) {
            boolean calls = IO_NAMES[i].equals(Names.IO_CALLS);
            io[i] = calls ? labelled(IO_NAMES[i], "direction", i == 2 ? "read" : "write") : plain(IO_NAMES[i]);
        }
        processes = plain(Names.PROCESSES);
        threads = plain(Names.THREADS);
        openFds = plain(Names.OPEN_FDS);
        maxFds = plain(Names.MAX_FDS);
        voluntary = labelled(Names.SWITCHES, "kind", "voluntary");
        involuntary = labelled(Names.SWITCHES, "kind", "involuntary");
        for (int i = 0; i < pressure.length; i++) {
            pressure[i] = pressure(agent, i);
        }
        memory = plain(Names.GROUP_MEMORY);
        memoryLimit = plain(Names.GROUP_MEMORY_LIMIT);
        tasks = plain(Names.GROUP_TASKS);
        taskLimit = plain(Names.GROUP_TASKS_LIMIT);
        cpuLimit = plain(Names.GROUP_CPU_LIMIT);
        throttled = plain(Names.THROTTLED);
        throttledPeriods = plain(Names.THROTTLED_PERIODS);
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
