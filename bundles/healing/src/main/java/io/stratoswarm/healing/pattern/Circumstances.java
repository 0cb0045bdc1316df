package io.stratoswarm.healing.pattern;

import io.stratoswarm.healing.pattern.Window.Circumstance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** What is known beside numbers, as numbers. */
final class Circumstances {
    private static final long SOON_MILLIS = 3_000;
    /** What the C library, perl, Python and Java say of errors (strerror(3)), by what it tells. */
    private static final Map<String, Pattern> WORDS = words();

    private Circumstances() {}

    private static Map<String, Pattern> words() {
        Map<String, Pattern> words = new LinkedHashMap<>();
        words.put("memory", of("cannot allocate memory|out of memory|memoryerror|outofmemory|malloc"));
        words.put("descriptors", of("too many open files"));
        words.put("storage", of("no space left|disk quota|file too large"));
        words.put("connection", of("connection (refused|reset|aborted)|broken pipe|no route to host|unreachable"));
        words.put("time", of("timed? ?out|deadline|too slow|too late"));
        words.put("tasks", of("resource temporarily unavailable|cannot fork|can't fork|unable to create .*thread"));
        words.put("lock", of("lock"));
        words.put("configuration", of("config|invalid|unknown option|bad (mode|value|setting)|not allowed|syntax"));
        words.put("missing", of("no such file|not found|cannot open|can't open"));
        words.put("denied", of("permission denied|operation not permitted"));
        return words;
    }

    private static Pattern of(String words) {
        return Pattern.compile(words, Pattern.CASE_INSENSITIVE);
    }

    static void measure(Window window, Map<String, Double> all) {
        Circumstance now = window.circumstance();
        String exit = now.exit().toLowerCase(Locale.ROOT);
        put(all, "exit.status", exit.startsWith("exit") && !exit.equals("exit 0"));
        put(all, "exit.clean", exit.equals("exit 0"));
        put(all, "exit.kill", exit.equals("signal kill"));
        put(all, "exit.fault", exit.matches("signal (segv|abrt|bus|ill|fpe|trap)"));
        put(all, "exit.signal", exit.startsWith("signal") && !exit.matches("signal (kill|segv|abrt|bus|ill|fpe|trap)"));
        put(all, "trigger.unhealthy", now.trigger().equals("AgentUnhealthy"));
        put(all, "trigger.setup", now.trigger().equals("AgentSetupFailed"));
        put(all, "trigger.quarantined", now.trigger().equals("AgentQuarantined"));
        put(all, "soon", now.uptimeMillis() >= 0 && now.uptimeMillis() < SOON_MILLIS);
        all.put(
                "uptime",
                now.uptimeMillis() < 0
                        ? 0
                        : Math.min(1, now.uptimeMillis() / (double) (window.toMillis() - window.fromMillis())));
        all.put("starts", Math.min(1, Math.max(0, now.starts() - 1) / 5.0));
        put(all, "neighbour.failed", now.neighbourFailed());
        put(all, "dependency.failed", now.dependencyFailed());
        put(all, "changed", now.changed());
        put(all, "signalled", now.signalled());
        List<String> log = now.log();
        WORDS.forEach((name, pattern) -> put(
                all,
                "says." + name,
                log.stream().anyMatch(line -> pattern.matcher(line).find())));
    }

    private static void put(Map<String, Double> all, String name, boolean is) {
        all.put(name, is ? 1.0 : 0.0);
    }
}
