package io.stratoswarm.healing.prevent;

import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.healing.heal.HealingParts;
import io.stratoswarm.healing.heal.Means;
import io.stratoswarm.healing.predict.Forecast;
import io.stratoswarm.healing.predict.Forecaster;
import io.stratoswarm.healing.predict.Track;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows every agent that runs, and asks the model what is expected of each. The metrics are read once a step for all. An agent that was
 * there before this daemon gets its course from the recorded metrics.
 */
final class Foresight {
    private static final Logger LOG = LoggerFactory.getLogger(Foresight.class);
    /** So many agents get their past at one call; the others wait for the next ones, so that the start of a daemon stalls nothing. */
    private static final int PASTS = 20;
    /** With less of its course nothing is asked about an agent. */
    static final int LEAST_STEPS = 4;

    private final HealingParts parts;
    private final Supplier<Optional<LessonBook>> lessons;
    private final Means means;
    private final Tracker tracker;
    private final Map<String, Course> courses = new TreeMap<>();
    /** The run before the present one, by agent, for a failure that is told after the next start. */
    private final Map<String, Course> before = new HashMap<>();

    private long stepMillis;
    private long due = Long.MIN_VALUE;
    /** Whether agents wait for their past to be read. */
    private boolean more;

    Foresight(PredictionParts parts, Means means, Tracker tracker) {
        this.parts = parts.healing();
        lessons = parts.lessons();
        this.means = means;
        this.tracker = tracker;
    }

    /**
     * Looks at all agents where a step is due.
     *
     * @param prognosis what makes forecasts
     * @return whether it was due
     */
    synchronized boolean step(PredictionSettings settings, Optional<Forecaster> prognosis) {
        Optional<Metrics> metrics = parts.metrics().get();
        long now = parts.clock().millis();
        if (metrics.isEmpty() || prognosis.isEmpty()) {
            return false;
        }
        if (settings.stepMillis() != stepMillis) {
            // Steps of another length are another course.
            courses.clear();
            stepMillis = settings.stepMillis();
            due = now;
        }
        boolean stepped = now >= due;
        if (!stepped && !more) {
            return false;
        }
        List<AgentStatus> fresh = meet(now);
        more = fresh.size() > PASTS;
        if (stepped) {
            due = Math.max(due + stepMillis, now - stepMillis + 1);
            look(Readings.latest(metrics.get()), fresh);
        }
        fresh.stream().limit(PASTS).forEach(agent -> begin(metrics.get(), agent, now));
        if (stepped) {
            expect(prognosis.get(), now);
            learn(settings.scaled(prognosis.get().horizonMillis()), now);
        }
        return stepped;
    }

    /** Forgets who runs no more, and names those that have no course yet. */
    private List<AgentStatus> meet(long now) {
        List<AgentStatus> fresh = new ArrayList<>();
        Set<String> running = new HashSet<>();
        for (AgentStatus agent : parts.agents().list()) {
            if (!agent.phase().running() || agent.startedNanos().isEmpty()) {
                continue;
            }
            running.add(agent.id());
            Course course = courses.get(agent.id());
            if (course == null || course.incarnation != agent.incarnation()) {
                fresh.add(agent);
            }
        }
        courses.values().removeIf(course -> {
            boolean gone = !running.contains(course.agent);
            if (gone) {
                before.put(course.agent, course);
            }
            return gone;
        });
        before.values().removeIf(course -> course.forecastMillis < now - 4 * Track.STEPS * stepMillis);
        return fresh;
    }

    private void look(Readings readings, List<AgentStatus> fresh) {
        Set<String> others = new HashSet<>();
        fresh.forEach(agent -> others.add(agent.id()));
        Map<String, Double> host = readings.of(Series.HOST);
        for (Course course : courses.values()) {
            Map<String, Double> own = readings.of(course.agent);
            if (!others.contains(course.agent) && !own.isEmpty()) {
                course.step(tracker, own, host, means.limits(course.agent));
            }
        }
    }

    private void begin(Metrics metrics, AgentStatus agent, long now) {
        long started = agent.startedNanos().orElseThrow() / 1_000_000;
        Course course = new Course(agent.id(), agent.incarnation(), started);
        long from = Math.max(started, now - Track.STEPS * stepMillis);
        Map<String, Double> limits = means.limits(agent.id());
        if (now - from >= stepMillis) {
            for (Readings readings : Readings.past(metrics, agent.id(), from, now, stepMillis)) {
                course.step(tracker, readings.of(agent.id()), readings.of(Series.HOST), limits);
            }
        }
        Course last = courses.put(agent.id(), course);
        if (last != null) {
            before.put(agent.id(), last);
        }
    }

    private void expect(Forecaster forecaster, long now) {
        List<Course> known = courses.values().stream()
                .filter(course -> course.steps >= LEAST_STEPS)
                .toList();
        List<Forecast> forecasts =
                forecaster.forecast(known.stream().map(course -> course.track).toList());
        if (forecasts.size() != known.size()) {
            LOG.error(
                    "the model {} gave {} forecasts for {} agents; none is used",
                    forecaster.model(),
                    forecasts.size(),
                    known.size());
            return;
        }
        for (int i = 0; i < known.size(); i++) {
            known.get(i).expect(forecasts.get(i), now);
        }
    }

    private void learn(long horizonMillis, long now) {
        lessons.get().ifPresent(book -> {
            courses.values().stream()
                    .filter(course -> course.steps >= LEAST_STEPS)
                    .forEach(course -> book.observe(course, now, horizonMillis));
            book.write();
        });
    }

    /** All that have a forecast, by agent. */
    synchronized List<Course> expected() {
        return courses.values().stream()
                .filter(course -> course.forecast().isPresent())
                .toList();
    }

    synchronized Optional<Course> course(String agent) {
        return Optional.ofNullable(courses.get(agent));
    }

    /** The run that ended with a failure at this time. */
    synchronized Optional<Course> failed(String agent, long millis) {
        Course now = courses.get(agent);
        return now != null && now.startedMillis < millis ? Optional.of(now) : Optional.ofNullable(before.get(agent));
    }

    synchronized int size() {
        return courses.size();
    }
}
