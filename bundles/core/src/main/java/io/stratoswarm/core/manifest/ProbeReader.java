package io.stratoswarm.core.manifest;

import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.graph.GraphTree;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Reads readiness and liveness probes. */
final class ProbeReader {
    /** The keeper is a POSIX shell, which can only name descriptors of one digit; 0, 1 and 2 are taken. */
    static final int MIN_FD = 3;

    static final int MAX_FD = 9;
    private static final int MAX_PATTERN = 1_000;
    private static final int MAX_THRESHOLD = 1_000;
    private static final int MAX_PORT = 65_535;

    private final Problems problems;

    ProbeReader(Problems problems) {
        this.problems = problems;
    }

    Optional<Probe> read(Fields node, String key, List<String> actions) {
        return node.object(key).flatMap(object -> probe(object, "a " + key + " probe", actions));
    }

    private Optional<Probe> probe(GraphTree.Obj object, String what, List<String> actions) {
        List<String> allowed = new ArrayList<>(actions);
        allowed.addAll(Keys.PROBE_TIMES);
        Fields fields = new Fields(problems, object, what, allowed);
        List<String> given = actions.stream().filter(fields::has).toList();
        if (given.size() != 1) {
            problems.error(
                    object.place(),
                    what + " needs exactly one of " + String.join(", ", actions)
                            + (given.isEmpty() ? "" : "; found " + String.join(" and ", given)));
        }
        long initialDelay = fields.duration("initialDelay", 0).orElse(0);
        long interval = fields.duration("interval", 10).orElse(1_000);
        long timeout = fields.duration("timeout", 1).orElse(1_000);
        int success = fields.small("successThreshold", 1, MAX_THRESHOLD).orElse(1);
        int failure = fields.small("failureThreshold", 1, MAX_THRESHOLD).orElse(3);
        if (given.size() != 1) {
            return Optional.empty();
        }
        return action(fields, given.getFirst())
                .map(action -> new Probe(action, initialDelay, interval, timeout, success, failure));
    }

    private Optional<ProbeAction> action(Fields fields, String name) {
        return switch (name) {
            case "notifyFd" -> notifyFd(fields);
            case "notifySocket" -> notifySocket(fields);
            case "tcp" -> fields.object(name).flatMap(this::tcp);
            case "http" -> fields.object(name).flatMap(this::http);
            case "exec" -> fields.object(name).flatMap(this::exec);
            default -> fields.object(name).flatMap(this::logPattern);
        };
    }

    private Optional<ProbeAction> notifyFd(Fields fields) {
        OptionalInt fd = fields.small("notifyFd", MIN_FD, MAX_FD);
        return fd.isPresent() ? Optional.of(new ProbeAction.NotifyFd(fd.getAsInt())) : Optional.empty();
    }

    private Optional<ProbeAction> notifySocket(Fields fields) {
        GraphTree value = fields.value("notifySocket").orElseThrow();
        if (value instanceof GraphTree.Bool flag && flag.value()) {
            return Optional.of(new ProbeAction.NotifySocket());
        }
        fields.wrongType("notifySocket", value, "true");
        return Optional.empty();
    }

    private Optional<ProbeAction> tcp(GraphTree.Obj object) {
        Fields fields = new Fields(problems, object, "a tcp probe", Keys.TCP);
        fields.require("port", "8080");
        String host = fields.text("host").orElse("127.0.0.1");
        if (host.isBlank()) {
            problems.error(fields.place("host"), "'host' must not be empty; leave it out for 127.0.0.1");
        }
        OptionalInt port = fields.small("port", 1, MAX_PORT);
        return port.isPresent() ? Optional.of(new ProbeAction.Tcp(host, port.getAsInt())) : Optional.empty();
    }

    private Optional<ProbeAction> http(GraphTree.Obj object) {
        Fields fields = new Fields(problems, object, "an http probe", Keys.HTTP);
        fields.require("url", "\"http://127.0.0.1:8080/health\"");
        return fields.text("url").flatMap(url -> {
            String wrong = wrongUrl(url);
            if (wrong.isEmpty()) {
                return Optional.of(new ProbeAction.Http(url));
            }
            problems.error(fields.place("url"), "'url' " + wrong);
            return Optional.empty();
        });
    }

    static String wrongUrl(String text) {
        try {
            URI url = new URI(text);
            boolean web = "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
            if (!web || url.getHost() == null) {
                return "must be an absolute http or https address such as http://127.0.0.1:8080/health";
            }
            return url.getPort() > MAX_PORT ? "names the port " + url.getPort() + "; the highest is 65535" : "";
        } catch (URISyntaxException e) {
            return "is no address: " + e.getReason();
        }
    }

    private Optional<ProbeAction> exec(GraphTree.Obj object) {
        Fields fields = new Fields(problems, object, "an exec probe", Keys.EXEC);
        fields.require("command", "[\"/usr/bin/test\", \"-e\", \"/run/app/ready\"]");
        return fields.command("command").map(ProbeAction.Exec::new);
    }

    private Optional<ProbeAction> logPattern(GraphTree.Obj object) {
        Fields fields = new Fields(problems, object, "a log probe", Keys.LOG_PATTERN);
        fields.require("pattern", "\"listening on\"");
        return fields.text("pattern").flatMap(pattern -> {
            if (pattern.isEmpty() || pattern.length() > MAX_PATTERN) {
                problems.error(fields.place("pattern"), "'pattern' must have 1 to " + MAX_PATTERN + " characters");
                return Optional.empty();
            }
            try {
                Pattern.compile(pattern);
                return Optional.of(new ProbeAction.LogPattern(pattern));
            } catch (PatternSyntaxException e) {
                problems.error(
                        fields.place("pattern"),
                        "'pattern' is no regular expression: " + e.getDescription() + " at character "
                                + (e.getIndex() + 1));
                return Optional.empty();
            }
        });
    }
}
