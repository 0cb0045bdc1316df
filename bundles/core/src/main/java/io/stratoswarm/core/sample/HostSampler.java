package io.stratoswarm.core.sample;

import io.stratoswarm.api.metric.Series;
import io.stratoswarm.core.linux.ProcFs;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Measures the host itself: processors, memory, pressure, TCP. Disks and interfaces are {@link DeviceSampler}'s. */
final class HostSampler {
    private static final String[] MODES = {"user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"};
    private static final byte[] CPU = Bytes.ascii("cpu ");
    private static final byte[] SWITCHES = Bytes.ascii("\nctxt ");
    private static final byte[] FORKS = Bytes.ascii("\nprocesses ");
    private static final byte[] RUNNING = Bytes.ascii("\nprocs_running ");
    private static final byte[] BLOCKED = Bytes.ascii("\nprocs_blocked ");
    private static final byte[] TOTAL = Bytes.ascii("total=");
    private static final byte[] SLASH = Bytes.ascii("/");

    private final Host host;
    private final Held load;
    private final Held stat;
    private final Held memory;
    private final Held virtual;
    private final Held[] pressure = new Held[3];
    private final Held snmp;
    private final Held netstat;
    private final Held files;
    private final Held uptime;
    private final Map<String, Series> series = new HashMap<>();
    private final Map<String, byte[]> keys = new HashMap<>();

    HostSampler(Host host) {
        this.host = host;
        load = file("loadavg");
        stat = file("stat");
        memory = file("meminfo");
        virtual = file("vmstat");
        for (int i = 0; i < pressure.length; i++) {
            pressure[i] = file("pressure/" + GroupReading.RESOURCES[i]);
        }
        snmp = file("net/snmp");
        netstat = file("net/netstat");
        files = file("sys/fs/file-nr");
        uptime = file("uptime");
    }

    private Held file(String name) {
        return new Held(host.proc() + "/" + name);
    }

    /** Seconds since the host booted; NaN where not told. */
    double uptime(Reader reader) {
        return uptime.read(reader) ? reader.text().decimal() : Double.NaN;
    }

    void read(Reader reader, Batch batch) {
        if (load.read(reader)) {
            Bytes text = reader.text();
            add(batch, Names.LOAD1, text.decimal());
            add(batch, Names.LOAD5, text.decimal());
            add(batch, Names.LOAD15, text.decimal());
            add(batch, Names.THREADS, text.find(SLASH) ? text.number() : Double.NaN);
        }
        if (stat.read(reader)) {
            processors(reader.text(), batch);
        }
        if (memory.read(reader)) {
            memory(reader.text(), batch);
        }
        if (virtual.read(reader)) {
            virtual(reader.text(), batch);
        }
        for (int i = 0; i < pressure.length; i++) {
            if (pressure[i].read(reader)) {
                stalled(reader.text(), i, batch);
            }
        }
        tcp(reader, batch);
    }

    private void processors(Bytes text, Batch batch) {
        if (text.pass(CPU)) {
            for (String mode : MODES) {
                add(batch, Names.CPU, "mode", mode, text.number() / (double) ProcFs.TICKS_A_SECOND);
            }
        }
        add(batch, Names.SWITCHES, text.find(SWITCHES) ? text.number() : Double.NaN);
        add(batch, Names.FORKS, text.find(FORKS) ? text.number() : Double.NaN);
        add(batch, Names.RUNNING, text.find(RUNNING) ? text.number() : Double.NaN);
        add(batch, Names.BLOCKED, text.find(BLOCKED) ? text.number() : Double.NaN);
    }

    private void memory(Bytes text, Batch batch) {
        add(batch, Names.MEMORY_TOTAL, keyed(text, "MemTotal:") * 1_024);
        add(batch, Names.MEMORY_FREE, keyed(text, "MemFree:") * 1_024);
        add(batch, Names.MEMORY_AVAILABLE, keyed(text, "MemAvailable:") * 1_024);
        add(batch, Names.MEMORY_CACHED, keyed(text, "\nCached:") * 1_024);
        add(batch, Names.MEMORY_DIRTY, keyed(text, "Dirty:") * 1_024);
        add(batch, Names.SWAP_TOTAL, keyed(text, "SwapTotal:") * 1_024);
        add(batch, Names.SWAP_FREE, keyed(text, "SwapFree:") * 1_024);
    }

    private void virtual(Bytes text, Batch batch) {
        add(batch, Names.SWAPPED, "direction", "in", keyed(text, "\npswpin ") * host.pageBytes());
        add(batch, Names.SWAPPED, "direction", "out", keyed(text, "\npswpout ") * host.pageBytes());
        add(batch, Names.FAULTS, "kind", "major", keyed(text, "\npgmajfault "));
        add(batch, Names.OOM_KILLS, keyed(text, "\noom_kill "));
    }

    private void stalled(Bytes text, int resource, Batch batch) {
        for (int share = 0; share < 2 && text.find(TOTAL); share++) {
            int index = 2 * resource + share;
            Series one = series.computeIfAbsent(
                    Names.PRESSURE + " " + index, key -> AgentSeries.pressure(Series.HOST, index));
            batch.add(one, text.number() / 1e6);
        }
    }

    private void tcp(Reader reader, Batch batch) {
        if (snmp.read(reader)) {
            Bytes text = reader.text();
            add(batch, Names.TCP_RETRANSMITS, column(text, "Tcp:", "RetransSegs"));
            add(batch, Names.TCP_SENT, column(text, "Tcp:", "OutSegs"));
            add(batch, Names.TCP_ESTABLISHED, column(text, "Tcp:", "CurrEstab"));
        }
        if (netstat.read(reader)) {
            add(batch, Names.TCP_LISTEN_DROPS, column(reader.text(), "TcpExt:", "ListenDrops"));
        }
    }

    private final Map<String, Integer> columns = new HashMap<>();

    /** The value below a name, in a table of one line of names and one of values that both begin with the prefix. */
    private double column(Bytes text, String prefix, String name) {
        text.to(0);
        byte[] begin = keys.computeIfAbsent(prefix, Bytes::ascii);
        do {
            if (text.pass(begin)) {
                // The places of columns are the same for as long as the kernel runs.
                Integer index = columns.computeIfAbsent(prefix + name, key -> place(text, name));
                if (index < 0 || !text.nextLine() || !text.pass(begin)) {
                    return Double.NaN;
                }
                text.skipWords(index);
                return text.number();
            }
        } while (text.nextLine());
        return Double.NaN;
    }

    private static int place(Bytes text, String name) {
        int back = text.place();
        int index = 0;
        for (String word = text.word(); !word.isEmpty(); word = text.word(), index++) {
            if (word.equals(name)) {
                text.to(back);
                return index;
            }
        }
        text.to(back);
        return -1;
    }

    /** The number behind a key, which may be at any place. */
    private double keyed(Bytes text, String key) {
        text.to(0);
        return text.find(keys.computeIfAbsent(key, Bytes::ascii)) ? text.number() : Double.NaN;
    }

    /** What changes slowly. */
    void readSeldom(Reader reader, Batch batch) {
        add(batch, Names.UPTIME, uptime(reader));
        if (files.read(reader)) {
            Bytes text = reader.text();
            double allocated = text.number();
            double unused = text.number();
            add(batch, Names.OPEN_FDS, allocated - unused);
            double most = text.number();
            // The kernel's highest number stands for no limit.
            add(batch, Names.MAX_FDS, most >= Long.MAX_VALUE / 2.0 ? Double.NaN : most);
        }
        String[] names = host.proc().toFile().list((folder, name) -> Character.isDigit(name.charAt(0)));
        add(batch, Names.PROCESSES, names == null ? Double.NaN : names.length);
    }

    private void add(Batch batch, String name, double value) {
        if (!Double.isNaN(value) && value >= 0) {
            batch.add(series.computeIfAbsent(name, key -> Series.of(Series.HOST, key)), value);
        }
    }

    private void add(Batch batch, String name, String label, String text, double value) {
        if (!Double.isNaN(value) && value >= 0) {
            Series one =
                    series.computeIfAbsent(name + " " + text, key -> Series.of(Series.HOST, name, Map.of(label, text)));
            batch.add(one, value);
        }
    }

    /** Why pressure is not told; null where it is. */
    @Nullable
    String pressureMissing(Reader reader) {
        return pressure[0].read(reader)
                ? null
                : pressure[0].failure() == io.stratoswarm.core.linux.Errno.ENOENT
                        ? "there is no " + host.proc() + "/pressure: the kernel was built without CONFIG_PSI"
                        : "reading " + host.proc() + "/pressure/cpu gives "
                                + io.stratoswarm.core.linux.Errno.text(pressure[0].failure()) + "; boot with psi=1";
    }

    void close() {
        for (Held file : new Held[] {load, stat, memory, virtual, snmp, netstat, files, uptime}) {
            file.close();
        }
        for (Held file : pressure) {
            file.close();
        }
    }
}
