package io.stratoswarm.audit.failure;

import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.failure.Failures;
import io.stratoswarm.api.graph.PastGraphs;
import io.stratoswarm.api.graph.PastGraphs.Ruling;
import io.stratoswarm.api.graph.PastGraphs.Verdict;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.PastStates;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.audit.failure.SeriesScan.Nearness;
import io.stratoswarm.audit.replay.Rulings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Diagnoses failures from the journal, the metrics and the logs. */
public final class FailureSearch implements Failures {
    /** Below this a factor may as well be chance; set on seeds of the fault bench that are not reported. */
    static final double THRESHOLD = 0.35;

    private static final long MILLI = 1_000_000;
    private static final int MOST_EVENTS = 10_000;
    private static final int MOST_CAUSES = 100;
    private static final int MOST_SUBJECTS = 200;
    private static final int MOST_FACTORS = 20;
    private static final int LINES = 200;
    /** What a start itself does to the metrics of an agent is over by then. */
    private static final long WARM_MILLIS = 2_000;

    private final Journal journal;
    private final PastStates past;
    private final PastGraphs graphs;
    private final Supplier<Optional<Metrics>> metrics;
    private final Supplier<Optional<Agents>> agents;

    /** @param metrics and agents may come and go */
    public FailureSearch(
            Journal journal,
            PastStates past,
            PastGraphs graphs,
            Supplier<Optional<Metrics>> metrics,
            Supplier<Optional<Agents>> agents) {
        this.journal = journal;
        this.past = past;
        this.graphs = graphs;
        this.metrics = metrics;
        this.agents = agents;
    }

    @Override
    public Diagnosis diagnose(String target, long windowMillis) {
        Event failure = Incident.find(journal, target);
        String agent = Incident.agentOf(failure);
        long to = failure.timeNanos();
        long from = to - windowMillis * MILLI;
        byte[] before = past.stateAt(PastGraphs.PROJECTION, failure.sequence()).bytes();
        Relations relations = new Relations(graphs.view(before, to), agent);
        Map<Long, Event> causes = causes(failure);
        List<Event> events = journal.read(EventQuery.all()
                        .between(from, to + 1)
                        .to(failure.sequence())
                        .limit(MOST_EVENTS)
                        .newestFirst())
                .reversed();
        List<String> notes = new ArrayList<>();
        List<Event> looked = withLastChange(events, agent, failure);
        List<Factor> factors =
                new ArrayList<>(new EventFactors(failure, relations, causes, windowMillis * MILLI).of(looked));
        Clues clues = new Clues(lines(agent, from, to, notes), why(failure));
        metrics.get()
                .ifPresentOrElse(
                        there ->
                                factors.addAll(measured(there, failure, relations, clues, events, windowMillis, notes)),
                        () -> notes.add("metrics are not there, so only events were looked at"));
        complaints(failure, relations, clues).forEach(factors::add);
        factors.replaceAll(factor -> supported(factor, clues));
        factors.sort(Comparator.comparingDouble(Factor::impact).reversed());
        policy(before, failure).ifPresent(notes::add);
        return new Diagnosis(
                failure,
                agent,
                from,
                to,
                factors.subList(0, Math.min(MOST_FACTORS, factors.size())),
                THRESHOLD,
                notes,
                causes.values().stream().limit(MOST_CAUSES).toList());
    }

    @Override
    public String html(Diagnosis diagnosis) {
        return FailurePage.of(diagnosis);
    }

    private static String why(Event failure) {
        return Incident.payload(failure).path("why").asText(failure.type());
    }

    /** All recorded causes, the nearest first. */
    private Map<Long, Event> causes(Event failure) {
        Map<Long, Event> found = new LinkedHashMap<>();
        Deque<Event> next = new ArrayDeque<>(List.of(failure));
        while (!next.isEmpty() && found.size() < MOST_EVENTS) {
            for (Cause cause : next.removeFirst().causes()) {
                if (cause instanceof Cause.OfEvent of
                        && of.journal().equals(journal.id())
                        && !found.containsKey(of.sequence())) {
                    journal.get(of.sequence()).ifPresent(event -> {
                        found.put(event.sequence(), event);
                        next.addLast(event);
                    });
                }
            }
        }
        return found;
    }

    /** The last change of what the agent's node declares counts also where it is older: an agent may fail long after it, or ever since. */
    private List<Event> withLastChange(List<Event> events, String agent, Event failure) {
        List<Event> all = new ArrayList<>(events);
        String graph = agent.contains("/") ? agent.substring(0, agent.indexOf('/')) : agent;
        long first = events.isEmpty() ? failure.sequence() : events.getFirst().sequence();
        if (crashLoop(events, agent)) {
            journal.read(EventQuery.all()
                            .subject("graph/" + graph)
                            .type("NodeDeclared")
                            .to(first)
                            .newestFirst()
                            .limit(1))
                    .forEach(event -> all.add(0, event));
        }
        return all;
    }

    private static boolean crashLoop(List<Event> events, String agent) {
        return events.stream()
                        .filter(event -> Incident.agentOf(event).equals(agent) && Incident.fails(event))
                        .count()
                >= 2;
    }

    private List<LogLine> lines(String agent, long from, long to, List<String> notes) {
        Optional<Agents> there = agents.get();
        if (there.isEmpty() || there.get().get(agent).isEmpty()) {
            notes.add("the agent is not there any more, so its log was not looked at");
            return List.of();
        }
        return there.get().log(agent, LINES).stream()
                .filter(line -> line.timeMillis() >= from / MILLI && line.timeMillis() <= to / MILLI + 1_000)
                .toList();
    }

    private List<Factor> measured(
            Metrics there,
            Event failure,
            Relations relations,
            Clues clues,
            List<Event> events,
            long windowMillis,
            List<String> notes) {
        long to = failure.timeNanos() / MILLI;
        long from = to - windowMillis;
        Map<String, long[]> lives = lives(events, failure);
        List<String> subjects = there.series("*", "*", from, to).stream()
                .map(series -> series.subject())
                .distinct()
                .sorted(Comparator.comparingDouble(
                        (String subject) -> -relations.of(subject).weight()))
                .toList();
        if (subjects.size() > MOST_SUBJECTS) {
            notes.add("of " + subjects.size() + " subjects with metrics the nearest " + MOST_SUBJECTS
                    + " were looked at");
        }
        SeriesScan scan = new SeriesScan(there);
        String agent = Incident.agentOf(failure);
        String graph = agent.contains("/") ? agent.substring(0, agent.indexOf('/')) : agent;
        for (String subject : subjects.subList(0, Math.min(MOST_SUBJECTS, subjects.size()))) {
            long[] life = lives.getOrDefault(subject, new long[] {from, to});
            Relations.Relation relation = relations.of(subject);
            Nearness nearness =
                    subject.equals(agent) ? Nearness.ITSELF : relation.leads() ? Nearness.UPSTREAM : Nearness.OTHER;
            scan.look(subject, nearness, Math.max(from, life[0]), Math.min(to, life[1]));
        }
        List<Shift> shifts = scan.shifts().stream()
                .filter(shift -> SeriesScan.ofGraph(shift.points().series(), graph))
                .toList();
        notes.add(scan.series() + " series of " + Math.min(MOST_SUBJECTS, subjects.size())
                + " subjects were looked at; " + shifts.size() + " changed significantly");
        return new MetricFactors(agent, relations, clues).of(shifts);
    }

    /** For each agent the time of its life that ended last: a start changes every metric, and is no reason. */
    private static Map<String, long[]> lives(List<Event> events, Event failure) {
        Map<String, long[]> lives = new HashMap<>();
        Map<String, Boolean> ended = new HashMap<>();
        for (Event event : events) {
            String subject = Incident.agentOf(event);
            long at = event.timeNanos() / MILLI;
            if (event.type().equals("AgentStarted") && !ended.getOrDefault(subject, false)) {
                lives.put(subject, new long[] {at + WARM_MILLIS, Long.MAX_VALUE});
            } else if (event.type().equals("AgentExited") && !subject.equals(Incident.agentOf(failure))) {
                lives.computeIfAbsent(subject, any -> new long[] {Long.MIN_VALUE, Long.MAX_VALUE})[1] =
                        Math.min(at, lives.get(subject)[1]);
                ended.put(subject, true);
            }
        }
        return lives;
    }

    /** What it complained of by name. */
    private static List<Factor> complaints(Event failure, Relations relations, Clues clues) {
        List<Factor> factors = new ArrayList<>();
        for (String other : relations.upstream()) {
            String said = clues.complaint(other);
            if (!said.isEmpty()) {
                factors.add(new Factor(
                        Category.FAILURE,
                        other,
                        relations.of(other).words(),
                        "the agent complained of " + other + ": " + said,
                        0.6 * relations.of(other).weight(),
                        Basis.MEASURED,
                        failure.timeNanos(),
                        List.of(new Evidence("it said: " + said, OptionalLong.empty(), Optional.empty()))));
            }
        }
        return factors;
    }

    /** An error that the agent itself named raises what it names. */
    private static Factor supported(Factor factor, Clues clues) {
        boolean fits = factor.category() == Category.FAILURE || factor.category() == Category.COMMAND;
        if (!fits || clues.words(Category.FAILURE).isEmpty() || factor.basis() == Basis.EXACT) {
            return factor;
        }
        List<Evidence> evidence = new ArrayList<>(factor.evidence());
        evidence.add(new Evidence(
                "the agent said: " + clues.words(Category.FAILURE), OptionalLong.empty(), Optional.empty()));
        return new Factor(
                factor.category(),
                factor.subject(),
                factor.relation(),
                factor.what(),
                Math.min(0.97, factor.impact() * (clues.names(factor.subject()) ? 1.15 : 1.05)),
                factor.basis(),
                factor.timeNanos(),
                evidence);
    }

    /** What the restart policy said, and that it would have said otherwise with one restart less: it is asked again. */
    private Optional<String> policy(byte[] before, Event failure) {
        Optional<Ruling> ruling = graphs.ruling(before, failure);
        return ruling.map(said -> "exact: its restart policy said " + Rulings.text(said)
                + (said.verdict() == Verdict.QUARANTINE && said.counted() == said.limit()
                        ? "; with one of the restarts in its window less it would have restarted it"
                        : "")
                + (said.verdict() == Verdict.RESTART_LATER || said.verdict() == Verdict.RESTART_NOW
                        ? "; " + said.counted() + " restarts count against its limit of " + said.limit()
                        : ""));
    }
}
