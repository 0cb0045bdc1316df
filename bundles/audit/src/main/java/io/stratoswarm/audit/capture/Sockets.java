package io.stratoswarm.audit.capture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The kernel's tables of connections, {@code net/tcp} and the like: proc_pid_net(5). */
final class Sockets {
    private static final List<String> INTERNET = List.of("tcp", "tcp6", "udp", "udp6");
    /** States as the kernel numbers them, net/tcp_states.h. */
    private static final List<String> STATES = List.of(
            "",
            "ESTABLISHED",
            "SYN_SENT",
            "SYN_RECV",
            "FIN_WAIT1",
            "FIN_WAIT2",
            "TIME_WAIT",
            "CLOSE",
            "CLOSE_WAIT",
            "LAST_ACK",
            "LISTEN",
            "CLOSING",
            "NEW_SYN_RECV");

    private static final List<String> UNIX_STATES =
            List.of("FREE", "UNCONNECTED", "CONNECTING", "CONNECTED", "DISCONNECTING");

    private Sockets() {}

    /** All of one network namespace, by inode. @param of {@code self} or a process */
    static Map<Long, ObjectNode> read(Proc proc, String of) {
        Map<Long, ObjectNode> sockets = new LinkedHashMap<>();
        for (String protocol : INTERNET) {
            List<String> lines = proc.lines(of + "/net/" + protocol);
            for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
                String[] words = line.strip().split("\\s+");
                if (words.length > 9) {
                    // TIME_WAIT has no inode any more; such are counted apart, below zero.
                    long inode = Long.parseLong(words[9]);
                    sockets.put(inode == 0 ? -sockets.size() - 1 : inode, internet(protocol, words));
                }
            }
        }
        List<String> lines = proc.lines(of + "/net/unix");
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] words = line.strip().split("\\s+", 8);
            if (words.length > 6) {
                sockets.put(Long.parseLong(words[6]), local(words));
            }
        }
        return sockets;
    }

    private static ObjectNode internet(String protocol, String[] words) {
        int state = Integer.parseInt(words[3], 16);
        String[] queues = words[4].split(":", 2);
        return Json.object()
                .put("protocol", protocol)
                .put("local", address(words[1]))
                .put("peer", address(words[2]))
                .put("state", state < STATES.size() ? STATES.get(state) : words[3])
                .put("toSend", Long.parseLong(queues[0], 16))
                .put("toRead", Long.parseLong(queues[1], 16))
                .put("uid", words[7])
                .put("inode", Long.parseLong(words[9]));
    }

    private static ObjectNode local(String[] words) {
        int type = Integer.parseInt(words[4], 16);
        int state = Integer.parseInt(words[5], 16);
        // Bit 16 of the flags says that it accepts connections: __SO_ACCEPTCON.
        boolean listens = (Long.parseLong(words[3], 16) & 0x10000) != 0;
        return Json.object()
                .put("protocol", "unix")
                .put("type", type == 1 ? "stream" : type == 2 ? "datagram" : type == 5 ? "seqpacket" : words[4])
                .put("state", listens ? "LISTEN" : state < UNIX_STATES.size() ? UNIX_STATES.get(state) : words[5])
                .put("path", words.length > 7 ? words[7] : "")
                .put("inode", Long.parseLong(words[6]));
    }

    /** Words of 32 bits in the byte order of the machine, which is little-endian on both that are supported, and a port. */
    static String address(String text) {
        int colon = text.lastIndexOf(':');
        byte[] bytes = HexFormat.of().parseHex(text.substring(0, colon));
        for (int i = 0; i + 3 < bytes.length; i += 4) {
            byte first = bytes[i];
            byte second = bytes[i + 1];
            bytes[i] = bytes[i + 3];
            bytes[i + 1] = bytes[i + 2];
            bytes[i + 2] = second;
            bytes[i + 3] = first;
        }
        int port = Integer.parseInt(text.substring(colon + 1), 16);
        try {
            String host = InetAddress.getByAddress(bytes).getHostAddress();
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        } catch (UnknownHostException e) {
            return text;
        }
    }
}
