package io.stratoswarm.core.script;

import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptTrace;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is remembered of calls, in memory: of each script the last {@value #CALLS} calls and, so that a fault is not pushed out by
 * what goes well, the last {@value #FAILURES} that did not end well. Long texts are cut.
 */
final class Traces {
    static final int CALLS = 100;
    static final int FAILURES = 50;
    static final int LONGEST = 4_096;
    private static final int LINES = 50;
    private static final int LONGEST_LINE = 500;

    private static final class Ring {
        final Deque<ScriptTrace> calls = new ArrayDeque<>();
        final Deque<ScriptTrace> failures = new ArrayDeque<>();
    }

    private final InstantSource clock;
    private final Map<String, Ring> rings = new ConcurrentHashMap<>();
    private final AtomicLong number = new AtomicLong();

    Traces(InstantSource clock) {
        this.clock = clock;
    }

    ScriptTrace add(String script, String hash, String trigger, String input, ScriptOutcome outcome) {
        Instant now = clock.instant();
        ScriptTrace trace = new ScriptTrace(
                number.incrementAndGet(),
                script,
                hash,
                now.getEpochSecond() * 1_000_000_000L + now.getNano(),
                trigger,
                cut(input, LONGEST),
                cut(outcome));
        Ring ring = rings.computeIfAbsent(script, name -> new Ring());
        synchronized (ring) {
            push(ring.calls, trace, CALLS);
            if (!outcome.ok()) {
                push(ring.failures, trace, FAILURES);
            }
        }
        return trace;
    }

    private static void push(Deque<ScriptTrace> ring, ScriptTrace trace, int most) {
        ring.addLast(trace);
        if (ring.size() > most) {
            ring.removeFirst();
        }
    }

    private static ScriptOutcome cut(ScriptOutcome outcome) {
        boolean brief = outcome.output().length() <= LONGEST
                && outcome.error().length() <= LONGEST
                && outcome.log().isEmpty()
                && outcome.stack().size() <= LINES;
        return brief
                ? outcome
                : new ScriptOutcome(
                        outcome.status(),
                        cut(outcome.output(), LONGEST),
                        cut(outcome.error(), LONGEST),
                        lines(outcome.stack()),
                        lines(outcome.log()),
                        outcome.durationNanos());
    }

    private static List<String> lines(List<String> lines) {
        List<String> kept = new ArrayList<>();
        lines.stream().limit(LINES).forEach(line -> kept.add(cut(line, LONGEST_LINE)));
        if (lines.size() > LINES) {
            kept.add("(and " + (lines.size() - LINES) + " more lines)");
        }
        return kept;
    }

    static String cut(String text, int most) {
        return text.length() <= most
                ? text
                : text.substring(0, most) + "… (cut; " + text.length() + " characters in all)";
    }

    /** Newest first; of all scripts where the name is empty. */
    List<ScriptTrace> of(String script, int limit) {
        List<ScriptTrace> all = new ArrayList<>();
        for (Map.Entry<String, Ring> each : rings.entrySet()) {
            if (script.isEmpty() || script.equals(each.getKey())) {
                Ring ring = each.getValue();
                synchronized (ring) {
                    all.addAll(ring.calls);
                    long oldest = ring.calls.isEmpty()
                            ? Long.MAX_VALUE
                            : ring.calls.getFirst().number();
                    ring.failures.stream()
                            .filter(trace -> trace.number() < oldest)
                            .forEach(all::add);
                }
            }
        }
        all.sort(Comparator.comparingLong(ScriptTrace::number).reversed());
        return List.copyOf(all.subList(0, Math.min(Math.max(0, limit), all.size())));
    }

    /** Of scripts that are gone nothing is kept. */
    void forget(String script) {
        rings.remove(script);
    }
}
