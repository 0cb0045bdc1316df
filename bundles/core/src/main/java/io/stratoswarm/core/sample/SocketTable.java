package io.stratoswarm.core.sample;

import java.util.HashMap;
import java.util.Map;

/**
 * The sockets of one network name space, by inode, as one pass over the tables below {@code /proc/PID/net} gives them. Sockets in
 * TIME_WAIT belong to no process and are not there.
 */
final class SocketTable {
    /** From include/net/tcp_states.h. */
    private static final String[] TCP = {
        "unknown",
        "established",
        "syn_sent",
        "syn_recv",
        "fin_wait1",
        "fin_wait2",
        "time_wait",
        "close",
        "close_wait",
        "last_ack",
        "listen",
        "closing",
        "syn_recv"
    };

    private static final String[] TABLES = {"tcp", "tcp6", "udp", "udp6", "unix"};

    private final Map<Long, String> kinds = new HashMap<>();
    private boolean read;

    /** Reads the tables as this process sees them. */
    static SocketTable of(Host host, int pid, Reader reader) {
        SocketTable table = new SocketTable();
        for (String name : TABLES) {
            Held file = new Held(host.process(pid, "net/" + name));
            if (file.read(reader)) {
                table.read = true;
                boolean unix = name.equals("unix");
                Bytes text = reader.text();
                while (text.nextLine()) {
                    if (unix) {
                        table.unix(text);
                    } else {
                        table.internet(text, name.substring(0, 3));
                    }
                }
            }
            file.close();
        }
        return table;
    }

    /** sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode. */
    private void internet(Bytes text, String protocol) {
        text.skipWords(3);
        int state = (int) text.hex();
        text.skipWords(5);
        long inode = text.number();
        if (inode > 0 && state >= 0) {
            String word =
                    protocol.equals("tcp") ? TCP[state < TCP.length ? state : 0] : state == 1 ? "established" : "open";
            kinds.put(inode, (protocol + " " + word).intern());
        }
    }

    /** Num: RefCount Protocol Flags Type St Inode Path; states are those of include/uapi/linux/net.h. */
    private void unix(Bytes text) {
        text.skipWords(3);
        long flags = text.hex();
        text.skipWords(1);
        int state = (int) text.hex();
        long inode = text.number();
        if (inode > 0) {
            boolean listens = (flags & 0x10000) != 0;
            kinds.put(inode, listens ? "unix listen" : state == 3 ? "unix established" : "unix open");
        }
    }

    boolean wasRead() {
        return read;
    }

    /** Protocol and state with a space between; what is in no table is a socket of another kind, such as netlink. */
    String kind(long inode) {
        return kinds.getOrDefault(inode, "other open");
    }
}
