package io.stratoswarm.audit.capture;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Journal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures that nobody asks for at the moment: each so many minutes, and when an agent is ill. Follows events from now on and keeps no
 * cursor: a state of the past cannot be captured any more.
 */
public final class CaptureTriggers implements AutoCloseable {
    /** One agent that is ill again and again is not captured again and again. */
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final int MOST_SUBJECTS = 1_000;
    private static final String AGENT = "agent/";
    private static final Logger LOG = LoggerFactory.getLogger(CaptureTriggers.class);

    private final Captures captures;
    private final Agents agents;
    private final LongSupplier nanos;
    private final Map<String, Long> captured = new HashMap<>();
    private final Journal.Subscription events;
    private volatile CaptureSettings settings;
    private long next;

    public CaptureTriggers(
            Captures captures, Agents agents, Journal journal, LongSupplier nanos, CaptureSettings settings) {
        this.captures = captures;
        this.agents = agents;
        this.nanos = nanos;
        this.settings = settings;
        this.next = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(settings.everyMillis());
        this.events = journal.follow(journal.size(), this::event);
    }

    public synchronized void configure(CaptureSettings changed) {
        settings = changed;
        next = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(changed.everyMillis());
    }

    /** Called more often than captures are to be taken. */
    public void step() {
        synchronized (this) {
            if (settings.everyMillis() == 0 || nanos.getAsLong() - next < 0) {
                return;
            }
            next = nanos.getAsLong() + TimeUnit.MILLISECONDS.toNanos(settings.everyMillis());
        }
        take(List.of(), "schedule", List.of());
    }

    private void event(Event event) {
        String wanted = settings.onFailure();
        boolean ill = event.type().equals("AgentUnhealthy") && !wanted.equals("none");
        boolean down =
                (event.type().equals("AgentFailed") || event.type().equals("AgentQuarantined")) && wanted.equals("all");
        if (!ill && !down || !event.subject().startsWith(AGENT) || tooSoon(event.subject())) {
            return;
        }
        String agent = event.subject().substring(AGENT.length());
        String graph = agent.substring(0, Math.max(0, agent.indexOf('/')));
        // Of one that is down there is nothing left; what it worked with may still tell why.
        boolean others = agents.list().stream()
                .anyMatch(it -> it.graph().equals(graph) && it.pid().isPresent());
        List<String> selectors = ill ? List.of(agent) : others ? List.of(graph) : List.of();
        boolean hostOnly = down && !others;
        String reason = event.type() + " of " + agent;
        take(
                new Captures.Request(
                        hostOnly ? List.of() : selectors,
                        Captures.STOP_COPY,
                        false,
                        hostOnly,
                        reason,
                        List.of(event.asCause())),
                reason);
    }

    private synchronized boolean tooSoon(String subject) {
        long now = nanos.getAsLong();
        Long last = captured.get(subject);
        if (last != null && now - last < PAUSE_NANOS) {
            return true;
        }
        captured.values().removeIf(it -> now - it >= PAUSE_NANOS);
        if (captured.size() < MOST_SUBJECTS) {
            captured.put(subject, now);
        }
        return false;
    }

    private void take(List<String> selectors, String reason, List<Cause> causes) {
        boolean hostOnly = agents.list().stream().map(AgentStatus::pid).noneMatch(it -> it.isPresent());
        take(new Captures.Request(selectors, Captures.STOP_COPY, false, hostOnly, reason, causes), reason);
    }

    private void take(Captures.Request request, String reason) {
        try {
            captures.capture(request, "system").whenComplete((capture, failure) -> {
                if (failure != null) {
                    LOG.warn("the capture for '{}' failed: {}", reason, failure.getMessage());
                }
            });
        } catch (StratoswarmException e) {
            LOG.warn("the capture for '{}' was refused: {}", reason, e.getMessage());
        }
    }

    @Override
    public void close() {
        events.close();
    }
}
