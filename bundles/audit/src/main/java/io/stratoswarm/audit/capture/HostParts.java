package io.stratoswarm.audit.capture;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.audit.capture.store.Part;
import java.io.IOException;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parts of the host: its network, its storage, its kernel. */
final class HostParts {
    /** Parameters that decide how agents fare; what a kernel does not have is left out. */
    private static final List<String> PARAMETERS = List.of(
            "fs/file-max",
            "fs/inotify/max_user_watches",
            "fs/pipe-max-size",
            "fs/pipe-user-pages-soft",
            "kernel/core_pattern",
            "kernel/pid_max",
            "kernel/threads-max",
            "kernel/randomize_va_space",
            "kernel/yama/ptrace_scope",
            "kernel/sched_autogroup_enabled",
            "kernel/unprivileged_userns_clone",
            "net/core/somaxconn",
            "net/core/rmem_max",
            "net/core/wmem_max",
            "net/ipv4/ip_forward",
            "net/ipv4/ip_local_port_range",
            "net/ipv4/tcp_congestion_control",
            "net/ipv4/tcp_rmem",
            "net/ipv4/tcp_wmem",
            "net/ipv4/tcp_syncookies",
            "net/netfilter/nf_conntrack_count",
            "net/netfilter/nf_conntrack_max",
            "vm/dirty_background_ratio",
            "vm/dirty_ratio",
            "vm/max_map_count",
            "vm/min_free_kbytes",
            "vm/overcommit_memory",
            "vm/overcommit_ratio",
            "vm/swappiness",
            "vm/zone_reclaim_mode");

    /** A server that does not answer would hold up who asks for the usage of these. */
    private static final Set<String> NETWORKED =
            Set.of("nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "afs", "autofs", "fuse.sshfs", "virtiofs");

    private final Proc proc;
    private final List<Part> parts = new ArrayList<>();

    HostParts(Proc proc) {
        this.proc = proc;
    }

    List<Part> read() {
        parts.add(Part.json("host/interfaces", Json.text(interfaces())));
        text("host/routes", "net/route", "net/ipv6_route");
        ArrayNode connections = Json.array();
        Sockets.read(proc, "self").values().forEach(connections::add);
        parts.add(Part.json("host/connections", Json.text(connections)));
        text("host/mounts", "self/mountinfo");
        parts.add(Part.json("host/usage", Json.text(usage())));
        text("host/disks", "diskstats");
        parts.add(Part.json("host/kernel", Json.text(kernel())));
        ObjectNode parameters = Json.object();
        for (String name : PARAMETERS) {
            proc.bytes("sys/" + name)
                    .ifPresent(bytes ->
                            parameters.put(name.replace('/', '.'), new String(bytes, StandardCharsets.UTF_8).strip()));
        }
        parts.add(Part.json("host/parameters", Json.text(parameters)));
        text("host/pressure", "pressure/cpu", "pressure/memory", "pressure/io");
        text("host/modules", "modules");
        text("host/memory", "meminfo");
        text("host/load", "loadavg", "uptime");
        return parts;
    }

    /** Files one after another, each under a line with its name. */
    private void text(String part, String... files) {
        StringBuilder text = new StringBuilder();
        for (String file : files) {
            text.append("== /proc/").append(file).append('\n').append(proc.text(file));
        }
        parts.add(new Part(part, Part.TEXT, text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private ObjectNode kernel() {
        return Json.object()
                .put("version", proc.text("version").strip())
                .put("release", proc.text("sys/kernel/osrelease").strip())
                .put("hostname", proc.text("sys/kernel/hostname").strip())
                .put("bootId", proc.text("sys/kernel/random/boot_id").strip())
                .put("commandLine", proc.text("cmdline").strip())
                .put("architecture", System.getProperty("os.arch", ""));
    }

    private static ArrayNode interfaces() {
        ArrayNode found = Json.array();
        try {
            for (NetworkInterface each : NetworkInterface.networkInterfaces()
                    .sorted(java.util.Comparator.comparing(NetworkInterface::getIndex))
                    .toList()) {
                ObjectNode node = Json.object()
                        .put("name", each.getName())
                        .put("index", each.getIndex())
                        .put("mtu", each.getMTU())
                        .put("up", each.isUp());
                byte[] hardware = each.getHardwareAddress();
                if (hardware != null) {
                    node.put("hardware", java.util.HexFormat.ofDelimiter(":").formatHex(hardware));
                }
                ArrayNode addresses = node.putArray("addresses");
                for (InterfaceAddress address : each.getInterfaceAddresses()) {
                    addresses.add(address.getAddress().getHostAddress() + "/" + address.getNetworkPrefixLength());
                }
                found.add(node);
            }
        } catch (SocketException e) {
            found.add(Json.object().put("problem", "interfaces cannot be listed: " + e.getMessage()));
        }
        return found;
    }

    private ArrayNode usage() {
        ArrayNode found = Json.array();
        for (String line : proc.lines("self/mountinfo")) {
            int dash = line.indexOf(" - ");
            String[] words = line.split(" ", 6);
            if (dash < 0 || words.length < 6) {
                continue;
            }
            String type = line.substring(dash + 3).split(" ", 2)[0];
            // Blanks in names of folders are written in octal.
            String folder = words[4].replace("\\040", " ");
            ObjectNode node = Json.object().put("folder", folder).put("type", type);
            found.add(node);
            if (NETWORKED.contains(type)) {
                node.put("problem", "not asked, for it is a file system of the network");
                continue;
            }
            try {
                FileStore store = Files.getFileStore(Path.of(folder));
                node.put("bytes", store.getTotalSpace())
                        .put("free", store.getUnallocatedSpace())
                        .put("usable", store.getUsableSpace());
            } catch (IOException | SecurityException e) {
                node.put("problem", String.valueOf(e.getMessage()));
            }
        }
        return found;
    }
}
