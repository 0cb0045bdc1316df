package io.stratoswarm.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The table of routes. A path is literal, or ends in {@code /*}, which stands for one or more segments. */
final class Routes {
    static final String BASE = "/api/v1/";

    /** What a path and method lead to. */
    sealed interface Match {
        record Found(Role role, Handler handler, String name, String rest) implements Match {}

        /** The path exists, for these methods. */
        record WrongMethod(List<String> allowed) implements Match {}

        /** @param nearest a path that was probably meant, or empty */
        record Unknown(String nearest) implements Match {}
    }

    private record Route(Role role, Handler handler, String name) {}

    /** A line of the table. */
    record Line(String method, String path, Role role) {}

    private final Map<String, Map<String, Route>> literal = new LinkedHashMap<>();
    private final Map<String, Map<String, Route>> open = new LinkedHashMap<>();
    private final List<String> topics = new ArrayList<>();

    /** @param role the least one that may ask */
    Routes on(String method, String path, Role role, Handler handler) {
        return at(method, BASE + path, role, handler);
    }

    /** As {@link #on}, for a path that does not begin with {@link #BASE}. */
    Routes at(String method, String path, Role role, Handler handler) {
        boolean tail = path.endsWith("/*");
        Map<String, Map<String, Route>> table = tail ? open : literal;
        String key = tail ? path.substring(0, path.length() - 1) : path;
        Route route = new Route(role, handler, method + " " + path);
        if (table.computeIfAbsent(key, k -> new TreeMap<>()).put(method, route) != null) {
            throw new IllegalArgumentException("two handlers for " + method + " " + path);
        }
        return this;
    }

    /** Names the file {@code openapi/TOPIC.json} that describes routes of this table. */
    Routes describedBy(String topic) {
        topics.add(topic);
        return this;
    }

    List<String> topics() {
        return List.copyOf(topics);
    }

    List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        literal.forEach(
                (path, methods) -> methods.forEach((method, route) -> lines.add(new Line(method, path, route.role()))));
        open.forEach((path, methods) ->
                methods.forEach((method, route) -> lines.add(new Line(method, path + "*", route.role()))));
        return lines;
    }

    Match match(String given, String path) {
        // RFC 9110 9.3.2: HEAD is GET without the body.
        String method = given.equals("HEAD") ? "GET" : given;
        Map<String, Route> exact = literal.getOrDefault(path, Map.of());
        Route direct = exact.get(method);
        if (direct != null) {
            return new Match.Found(direct.role(), direct.handler(), direct.name(), "");
        }
        List<String> allowed = new ArrayList<>(exact.keySet());
        for (Map.Entry<String, Map<String, Route>> entry : open.entrySet()) {
            if (path.startsWith(entry.getKey())
                    && path.length() > entry.getKey().length()) {
                Route route = entry.getValue().get(method);
                if (route != null && exact.isEmpty()) {
                    return new Match.Found(
                            route.role(),
                            route.handler(),
                            route.name(),
                            path.substring(entry.getKey().length()));
                }
                if (exact.isEmpty()) {
                    allowed.addAll(entry.getValue().keySet());
                }
            }
        }
        return allowed.isEmpty() ? new Match.Unknown(nearest(path)) : new Match.WrongMethod(allowed);
    }

    List<String> paths() {
        List<String> paths = new ArrayList<>(literal.keySet());
        open.keySet().forEach(prefix -> paths.add(prefix + "*"));
        return paths;
    }

    private String nearest(String path) {
        if (path.length() > 100) {
            return "";
        }
        String best = "";
        int least = Math.max(3, path.length() / 3);
        for (String candidate : literal.keySet()) {
            int distance = distance(path, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    private static int distance(String a, String b) {
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1] + 1, last[j] + 1), last[j - 1] + cost);
            }
            last = row;
        }
        return last[b.length()];
    }
}
