package io.stratoswarm.console;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One TCP address to listen on.
 *
 * @param host an IP address, without brackets
 * @param tls whether TLS is spoken; it must be on other addresses than loopback
 */
record ListenAddress(String host, int port, boolean tls) {
    /** Reads {@code 127.0.0.1:7432}, {@code [::1]:7432} or {@code https://0.0.0.0:7443}; says what is wrong with anything else. */
    static Optional<ListenAddress> parse(String text, List<String> problems) {
        String lower = text.toLowerCase(Locale.ROOT);
        boolean tls = lower.startsWith("https://");
        String authority = tls ? lower.substring(8) : lower.startsWith("http://") ? lower.substring(7) : lower;
        int colon = authority.lastIndexOf(':');
        String host = colon < 0 ? authority : authority.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = "";
        }
        int port = port(colon < 0 ? "" : authority.substring(colon + 1));
        if (port < 0 || !address(host)) {
            problems.add("listen: '" + text + "' is no address; write it as 127.0.0.1:7432, [::1]:7432 or"
                    + " https://0.0.0.0:7443, and 'none' for no TCP at all");
            return Optional.empty();
        }
        ListenAddress address = new ListenAddress(host, port, tls);
        if (!tls && !address.loopback()) {
            problems.add(
                    "listen: " + text + " can be reached from other hosts, where tokens would pass in the clear, so it"
                            + " is left closed; write https://" + authority + " to serve it with TLS");
            return Optional.empty();
        }
        return Optional.of(address);
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port >= 0 && port <= 65_535 ? port : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Only literal addresses are taken, so that no name service decides where the daemon listens. */
    private static boolean address(String host) {
        if (!host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*")) {
            return false;
        }
        try {
            return InetAddress.getByName(host) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    boolean loopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("it was parsed as an address: " + host, e);
        }
    }

    String urlHost() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /** Whether it stands for all addresses of the host. */
    boolean wildcard() {
        return host.equals("0.0.0.0") || host.equals("::");
    }

    /** A URL that leads here. */
    String url() {
        String name = wildcard() ? ConsoleConfig.hostName().orElse("localhost") : urlHost();
        return (tls ? "https://" : "http://") + name + ":" + port + "/";
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + urlHost() + ":" + port + "/";
    }
}
