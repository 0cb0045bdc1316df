package io.stratoswarm.console;

import io.stratoswarm.console.telemetry.Exporter;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the configuration {@code stratoswarm.console} says, checked. What is wrong in it is told by {@code problems} and replaced
 * by the default, or left closed where it opens something.
 *
 * @param group whose members may use the unix socket; empty for none
 * @param groupRole what they may do there
 * @param listen TCP addresses
 * @param hosts further names that the server is called by
 * @param ratePerSecond requests of one actor; 0 for no limit
 * @param export where numbers and traces are sent; empty for nowhere
 * @param openMetrics whether {@code /metrics} needs no token on loopback
 */
record ConsoleConfig(
        String group,
        Role groupRole,
        List<ListenAddress> listen,
        List<String> hosts,
        double ratePerSecond,
        double rateBurst,
        String auditReads,
        boolean openMetrics,
        TlsConfig tls,
        Optional<Exporter.Target> export,
        List<String> problems) {
    static final String DEFAULT_LISTEN = "127.0.0.1:7432, [::1]:7432";

    /**
     * Files that TLS is served with; empty for a generated certificate.
     *
     * @param clientCa certificates that clients' certificates must come from; empty where clients need none
     * @param clientRole what a client may do by its certificate alone; {@link Role#ANYONE} for nothing
     */
    record TlsConfig(String certificate, String key, String clientCa, Role clientRole) {}

    ConsoleConfig {
        listen = List.copyOf(listen);
        hosts = List.copyOf(hosts);
        problems = List.copyOf(problems);
    }

    static ConsoleConfig defaults() {
        return parse(Map.of());
    }

    static ConsoleConfig parse(Map<String, Object> properties) {
        List<String> problems = new ArrayList<>();
        Reader reader = new Reader(properties, problems);
        List<ListenAddress> listen = new ArrayList<>();
        String addresses = reader.text("listen", DEFAULT_LISTEN);
        for (String text : addresses.equals("none") ? List.<String>of() : split(addresses)) {
            ListenAddress.parse(text, problems).ifPresent(listen::add);
        }
        return new ConsoleConfig(
                reader.text("group", ""),
                reader.role("group.role", Role.OPERATOR, Role.VIEWER),
                listen,
                split(reader.text("hosts", "")),
                reader.number("rate.requests", 200),
                reader.number("rate.burst", 400),
                reader.word("audit.reads", "tcp", Set.of("none", "tcp", "all")),
                reader.word("metrics.open", "false", Set.of("true", "false")).equals("true"),
                new TlsConfig(
                        reader.text("tls.certificate", ""),
                        reader.text("tls.key", ""),
                        reader.text("tls.client.ca", ""),
                        reader.role("tls.client.role", Role.ANYONE, Role.ANYONE)),
                export(reader, problems),
                problems);
    }

    private static Optional<Exporter.Target> export(Reader reader, List<String> problems) {
        String text = reader.text("otlp.endpoint", "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String pair : split(reader.text("otlp.headers", ""))) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                headers.put(
                        pair.substring(0, equals).strip(),
                        pair.substring(equals + 1).strip());
            } else {
                problems.add("otlp.headers: each must be like name=value");
            }
        }
        double seconds = Math.max(1, reader.number("otlp.interval", 60));
        try {
            URI url = new URI(text);
            if (("http".equals(url.getScheme()) || "https".equals(url.getScheme())) && url.getHost() != null) {
                return Optional.of(new Exporter.Target(url, headers, (long) (seconds * 1_000)));
            }
        } catch (URISyntaxException e) {
            // Told below together with other things that are no URL of HTTP.
        }
        problems.add("otlp.endpoint: '" + text + "' is no URL like http://127.0.0.1:4318; nothing is exported");
        return Optional.empty();
    }

    private static List<String> split(String text) {
        return List.of(text.split(",", -1)).stream()
                .map(String::strip)
                .filter(it -> !it.isEmpty())
                .toList();
    }

    /** Names that a generated certificate is for. */
    Set<String> certificateNames() {
        Set<String> names = new TreeSet<>();
        hostNames().stream()
                .map(SelfSigned::canonical)
                .filter(name -> !name.equals("0.0.0.0") && !name.equals("0:0:0:0:0:0:0:0"))
                .forEach(names::add);
        return names;
    }

    /** Names that a request may call the server by, as they stand in a Host header without its port. */
    Set<String> hostNames() {
        Set<String> names = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "[::1]"));
        listen.stream().map(ListenAddress::urlHost).forEach(names::add);
        hosts.forEach(host -> names.add(host.toLowerCase(Locale.ROOT)));
        if (listen.stream().anyMatch(address -> !address.loopback())) {
            hostName().ifPresent(names::add);
        }
        return names;
    }

    /** What this host calls itself, which no name service is asked for. */
    static Optional<String> hostName() {
        try {
            String name = Files.readString(Path.of("/proc/sys/kernel/hostname"))
                    .strip()
                    .toLowerCase(Locale.ROOT);
            return name.matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?") ? Optional.of(name) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private record Reader(Map<String, Object> properties, List<String> problems) {
        String text(String key, String fallback) {
            Object value = properties.get(key);
            if (value == null) {
                return fallback;
            }
            String text = value instanceof Collection<?> items
                    ? String.join(",", items.stream().map(String::valueOf).toList())
                    : value instanceof Object[] items
                            ? String.join(
                                    ",",
                                    List.of(items).stream().map(String::valueOf).toList())
                            : String.valueOf(value);
            return text.isBlank() ? fallback : text.strip();
        }

        /** @param closed what stands in for a word that is none */
        Role role(String key, Role fallback, Role closed) {
            String text = text(key, "");
            if (text.isEmpty() || text.equals("none")) {
                return fallback;
            }
            try {
                return Role.parse(text);
            } catch (RuntimeException e) {
                problems.add(key + ": " + e.getMessage() + "; taken as " + closed.word());
                return closed;
            }
        }

        double number(String key, double fallback) {
            String text = text(key, "");
            try {
                double number = text.isEmpty() ? fallback : Double.parseDouble(text);
                if (number >= 0 && number <= 1e9) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Told below together with what is out of range.
            }
            problems.add(key + ": '" + text + "' is no number from 0 to 1000000000; taken as " + fallback);
            return fallback;
        }

        String word(String key, String fallback, Set<String> words) {
            String text = text(key, fallback);
            if (words.contains(text)) {
                return text;
            }
            problems.add(key + ": '" + text + "' is none of "
                    + String.join(", ", words.stream().sorted().toList()) + "; taken as " + fallback);
            return fallback;
        }
    }
}
