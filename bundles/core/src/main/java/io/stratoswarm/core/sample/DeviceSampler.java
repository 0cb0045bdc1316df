package io.stratoswarm.core.sample;

import io.stratoswarm.api.metric.Series;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Measures disks and network interfaces. Of block devices only those that stand for hardware: the others add up the same bytes again. */
final class DeviceSampler {
    private static final double SECTOR = 512;
    private static final String[] DISK = {
        Names.DISK_READS,
        Names.DISK_READ,
        Names.DISK_READ_TIME,
        Names.DISK_WRITES,
        Names.DISK_WRITTEN,
        Names.DISK_WRITE_TIME,
        Names.DISK_IO_TIME
    };
    private static final String[] NET = {
        Names.NET_RECEIVED,
        Names.NET_PACKETS_IN,
        Names.NET_ERRORS_IN,
        Names.NET_DROPS_IN,
        Names.NET_SENT,
        Names.NET_PACKETS_OUT,
        Names.NET_ERRORS_OUT,
        Names.NET_DROPS_OUT
    };
    private static final Series[] LEFT_OUT = {};
    /** Containers come and go, and each brings an interface. */
    private static final int MOST = 256;

    private final Host host;
    private final Held disks;
    private final Held interfaces;
    private final Map<String, Series[]> diskSeries = new HashMap<>();
    private final Map<String, Series[]> netSeries = new HashMap<>();

    DeviceSampler(Host host) {
        this.host = host;
        this.disks = new Held(host.proc() + "/diskstats");
        this.interfaces = new Held(host.proc() + "/net/dev");
    }

    void read(Reader reader, Batch batch) {
        if (disks.read(reader)) {
            Bytes text = reader.text();
            do {
                disk(text, batch);
            } while (text.nextLine());
        }
        if (interfaces.read(reader)) {
            Bytes text = reader.text();
            while (text.nextLine()) {
                network(text, batch);
            }
        }
    }

    /** A line as Documentation/admin-guide/iostats.rst tells it. */
    private void disk(Bytes text, Batch batch) {
        text.skipWords(2);
        String name = text.word();
        Series[] series = name.isEmpty() ? LEFT_OUT : known(diskSeries, name);
        if (series == null) {
            boolean physical = Files.exists(
                    host.sys().resolve("block").resolve(name.replace('/', '!')).resolve("device"));
            series = keep(diskSeries, name, physical ? made(DISK, name) : LEFT_OUT);
        }
        if (series.length == 0) {
            return;
        }
        double reads = text.number();
        text.skipWords(1);
        double readBytes = text.number() * SECTOR;
        double readSeconds = text.number() / 1e3;
        double writes = text.number();
        text.skipWords(1);
        double writtenBytes = text.number() * SECTOR;
        double writeSeconds = text.number() / 1e3;
        text.skipWords(1);
        double busySeconds = text.number() / 1e3;
        double[] values = {reads, readBytes, readSeconds, writes, writtenBytes, writeSeconds, busySeconds};
        for (int i = 0; i < values.length; i++) {
            batch.add(series[i], values[i]);
        }
    }

    private void network(Bytes text, Batch batch) {
        String name = text.word();
        int colon = name.indexOf(':');
        if (colon <= 0) {
            return;
        }
        // A long number may follow the colon without a blank.
        if (colon < name.length() - 1) {
            text.to(text.place() - (name.length() - colon - 1));
        }
        String device = name.substring(0, colon);
        Series[] series = known(netSeries, device);
        if (series == null) {
            series = keep(netSeries, device, made(NET, device));
        }
        for (int direction = 0; direction < 2 && series.length > 0; direction++) {
            for (int i = 0; i < 4; i++) {
                batch.add(series[4 * direction + i], text.number());
            }
            text.skipWords(4);
        }
    }

    private static Series @Nullable [] known(Map<String, Series[]> all, String name) {
        return all.get(name);
    }

    private static Series[] keep(Map<String, Series[]> all, String name, Series[] fresh) {
        Series[] kept = all.size() < MOST ? fresh : LEFT_OUT;
        all.put(name, kept);
        return kept;
    }

    private static Series[] made(String[] names, String device) {
        Series[] all = new Series[names.length];
        for (int i = 0; i < names.length; i++) {
            all[i] = Series.of(Series.HOST, names[i], Map.of("device", device));
        }
        return all;
    }

    /** Devices that are gone are forgotten, so that as many new ones may come. */
    void forgetGone() {
        netSeries.keySet().removeIf(name -> !Files.exists(Path.of(host.sys() + "/class/net/" + name)));
        diskSeries
                .keySet()
                .removeIf(name -> !Files.exists(host.sys().resolve("block").resolve(name.replace('/', '!'))));
    }

    void close() {
        disks.close();
        interfaces.close();
    }
}
