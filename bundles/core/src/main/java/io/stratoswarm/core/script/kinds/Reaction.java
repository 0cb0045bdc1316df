package io.stratoswarm.core.script.kinds;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.core.script.JsonNodes;
import io.stratoswarm.core.script.ScriptLedger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One reaction that runs: its place in the journal, its timer, and what was done. Events and times are taken one after the other. */
final class Reaction implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reaction.class);
    private static final int STORE_EVERY = 1_024;
    private static final int MAX_SUBJECTS = 1_000;
    /** Past every limit of a call, and of the start of a worker. */
    private static final long CALL_MILLIS = 120_000;

    private static final long FIRST_PAUSE_MILLIS = 1_000;
    private static final long LAST_PAUSE_MILLIS = 60_000;

    private final KindParts parts;
    private final LoadedScript version;
    private final ReactionSettings settings;
    private final String name;
    private final String cursor;
    private final Waits waits = new Waits();
    private final Actions actions;
    private final ReentrantLock turn = new ReentrantLock();
    private final Map<String, Cooling> cooling = new LinkedHashMap<>();
    private Journal.@Nullable Subscription subscription;
    private Alarms.@Nullable Alarm alarm;
    private long stored;
    private boolean recovered;

    private static final class Cooling {
        final long until;
        int skipped;

        Cooling(long until) {
            this.until = until;
        }
    }

    Reaction(KindParts parts, LoadedScript version) {
        this.parts = parts;
        this.version = version;
        this.settings = ReactionSettings.of(new Settings(version.header().settings()));
        this.name = version.header().name();
        this.cursor = ScriptLedger.subject(name);
        this.actions = new Actions(parts, name, waits);
    }

    void start() {
        if (!settings.on().isEmpty()) {
            stored = begin();
            // The first thing is what an earlier daemon left half done; it may take a while, so not on the caller's
            // thread.
            subscription = parts.journal().follow(stored, this::on);
        }
        wind();
    }

    /**
     * A script that ran in the last daemon goes on where it was. One that is new, or was disabled, unloaded or in quarantine
     * meanwhile, begins with what happens from now on: nobody wants a week-old failure answered.
     */
    private long begin() {
        long now = parts.journal().size();
        OptionalLong last = parts.cursors().get(cursor);
        if (last.isEmpty() || last.getAsLong() > now) {
            parts.cursors().put(cursor, now);
            return now;
        }
        List<Event> since = parts.journal()
                .read(EventQuery.all()
                        .subject(ScriptLedger.subject(name))
                        .from(last.getAsLong())
                        .limit(10_000));
        boolean paused = since.stream()
                .anyMatch(event -> event.type().equals(ScriptLedger.UNLOADED)
                        || event.type().equals(ScriptLedger.DISABLED)
                        || event.type().equals(ScriptLedger.QUARANTINED));
        if (!paused) {
            return last.getAsLong();
        }
        parts.cursors().put(cursor, now);
        return now;
    }

    private void on(Event event) {
        turn.lock();
        try {
            recover();
            boolean own = event.subject().equals(ScriptLedger.subject(name));
            if (own && event.type().equals(Decisions.APPROVED) && !waits.isClosed()) {
                if (retried("approval " + event.sequence(), () -> actions.approved(event))) {
                    passed(event.sequence() + 1, true);
                }
                return;
            }
            if (waits.isClosed() || own || !settings.matches(event) || cools(event)) {
                passed(event.sequence() + 1, false);
                return;
            }
            boolean through = retried("event " + event.sequence(), () -> react(event));
            if (through) {
                passed(event.sequence() + 1, true);
            }
        } finally {
            turn.unlock();
        }
    }

    /** The first thing is what an earlier daemon left half done; it may take a while, so not on the thread that loads. */
    private void recover() {
        if (!recovered) {
            recovered = true;
            retried("what an earlier daemon left", () -> {
                actions.recover();
                return true;
            });
        }
    }

    private interface Attempt {
        boolean make();
    }

    /** Until the journal and the supervisor are there; what the script itself does wrong is no reason to repeat. */
    private boolean retried(String what, Attempt attempt) {
        long pause = FIRST_PAUSE_MILLIS;
        while (!waits.isClosed()) {
            try {
                return attempt.make();
            } catch (StratoswarmException e) {
                LOG.warn("script {}: {} is tried again in {} ms: {}", name, what, pause, e.getMessage());
                waits.pause(pause);
                pause = Math.min(LAST_PAUSE_MILLIS, pause * 2);
            } catch (RuntimeException e) {
                LOG.error("script {}: {} is tried again in {} ms: {}", name, what, pause, e.getMessage(), e);
                waits.pause(pause);
                pause = Math.min(LAST_PAUSE_MILLIS, pause * 2);
            }
        }
        return false;
    }

    private void passed(long next, boolean acted) {
        if (waits.isClosed() && !acted) {
            return;
        }
        if (acted || next - stored >= STORE_EVERY) {
            parts.cursors().put(cursor, next);
            stored = next;
        }
    }

    private boolean cools(Event event) {
        if (settings.cooldownMillis() == 0) {
            return false;
        }
        Cooling last = cooling.get(event.subject());
        if (last != null && event.timeNanos() < last.until) {
            last.skipped++;
            return true;
        }
        return false;
    }

    private boolean react(Event event) {
        Cooling last = cooling.remove(event.subject());
        if (settings.cooldownMillis() > 0) {
            cooling.put(event.subject(), new Cooling(event.timeNanos() + settings.cooldownMillis() * 1_000_000L));
            if (cooling.size() > MAX_SUBJECTS) {
                cooling.remove(cooling.keySet().iterator().next());
            }
        }
        String agent = Shapes.agentOf(event);
        String trigger = "event " + event.sequence() + " " + event.type() + " " + event.subject();
        ObjectNode input = input("event", agent);
        input.set("event", Shapes.event(event));
        input.put("skipped", last == null ? 0 : last.skipped);
        return call(trigger, cursor + "/" + event.sequence(), List.of(event.asCause()), input);
    }

    private ObjectNode input(String trigger, String agent) {
        Agents agents = parts.agents()
                .get()
                .orElseThrow(
                        () -> new StratoswarmException(Kind.UNAVAILABLE, "the supervisor of agents is not there yet"));
        ObjectNode input = Shapes.object().put("trigger", trigger).put("time", Shapes.time(parts.nanos()));
        if (!agent.isEmpty()) {
            agents.get(agent).ifPresent(status -> input.set("agent", Shapes.agent(status)));
        }
        input.set("agents", Shapes.agents(Shapes.selected(agents, settings.agents())));
        input.set("log", Shapes.log(agents, agent, settings.log()));
        return input.put("skipped", 0);
    }

    private boolean call(String trigger, String key, List<Cause> causes, ObjectNode input) {
        String text = JsonNodes.write(input);
        try {
            Optional<List<ScriptOutcome>> outcomes = waits.on(version.call(trigger, List.of(text)), CALL_MILLIS);
            if (outcomes.isEmpty()) {
                return false;
            }
            ScriptOutcome outcome = outcomes.get().getFirst();
            // What went wrong is in its trace; the event is passed, for the same again would end the same.
            return !outcome.ok() || actions.apply(version, settings, key, causes, text, outcome.output());
        } catch (TimeoutException | ExecutionException e) {
            LOG.error("script {}: the call for {} did not end: {}", name, trigger, e.toString(), e);
            return true;
        }
    }

    // Times.

    private void wind() {
        long now = parts.nanos();
        OptionalLong at = settings.nextNanos(now, parts.zone());
        if (at.isPresent() && !waits.isClosed()) {
            long due = at.getAsLong();
            alarm = parts.alarms().after(Math.max(1, (due - now + 999_999) / 1_000_000), () -> ring(due));
        }
    }

    private void ring(long due) {
        turn.lock();
        try {
            recover();
            if (!waits.isClosed()) {
                call(settings.timer(), cursor + "/at/" + due, List.of(), input("timer", ""));
            }
        } catch (RuntimeException e) {
            LOG.error("script {}: its timer came to nothing: {}", name, e.getMessage(), e);
        } finally {
            wind();
            turn.unlock();
        }
    }

    /** Returns once nothing of it runs any more. */
    @Override
    public void close() {
        waits.close();
        if (subscription != null) {
            subscription.close();
        }
        turn.lock();
        try {
            if (alarm != null) {
                alarm.cancel();
            }
        } finally {
            turn.unlock();
        }
    }
}
