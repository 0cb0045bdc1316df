package io.stratoswarm.audit.trail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.audit.Trails;
import io.stratoswarm.api.decision.DecisionOutcome;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Trails, out of queries of the journal and the causes in its events. */
public final class TrailFinder implements Trails {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE = 10_000;
    /** What is looked through where only reading can tell what matches. */
    private static final long MOST_READ = 2_000_000;
    /** Causes that are shown beside what was asked for. */
    private static final int MOST_LED = 1_000;

    private static final String VIOLATED = "ComplianceViolated";
    private static final List<String> OF_DECISIONS =
            List.of(DecisionRecorded.TYPE, DecisionOutcome.TYPE, Decisions.APPROVED, Decisions.REJECTED);

    private final Journal journal;

    public TrailFinder(Journal journal) {
        this.journal = journal;
    }

    @Override
    public Trail find(Query query) {
        var state = journal.checkpoint();
        EventQuery within = EventQuery.all().to(state.size()).between(query.fromNanos(), query.toNanos());
        if (query.type().isPresent()) {
            within = within.type(query.type().get());
        }
        TreeMap<Long, Event> found = new TreeMap<>();
        if (query.cause().isPresent()) {
            effects(query, within, found);
        } else if (query.about().isPresent()) {
            about(query, within, found);
        } else {
            collect(query, within, query.limit() + 1, found);
        }
        boolean more = found.size() > query.limit();
        while (found.size() > query.limit()) {
            found.pollFirstEntry();
        }
        TreeMap<Long, Event> led = led(found);
        return new Trail(
                state,
                List.copyOf(found.values()),
                more,
                List.copyOf(led.values()),
                links(found, led),
                decisions(found, led),
                broken(found, led, within));
    }

    /** The latest that match, newest first, a page at a time where the text has to be looked for. */
    private void collect(Query query, EventQuery within, int most, TreeMap<Long, Event> found) {
        if (query.text().isEmpty()) {
            journal.read(within.newestFirst().limit(most)).forEach(event -> found.put(event.sequence(), event));
            return;
        }
        int matching = 0;
        long before = within.toSequence();
        for (long read = 0; matching < most && read < MOST_READ; ) {
            List<Event> page = journal.read(within.to(before).newestFirst().limit(PAGE));
            for (Event event : page) {
                if (matching < most && matches(query, event)) {
                    found.put(event.sequence(), event);
                    matching++;
                }
            }
            if (page.size() < PAGE) {
                return;
            }
            read += page.size();
            before = page.getLast().sequence();
        }
    }

    private static boolean matches(Query query, Event event) {
        if (query.text().isEmpty()) {
            return true;
        }
        String text = query.text().get().toLowerCase(Locale.ROOT);
        return contains(event.type(), text)
                || contains(event.subject(), text)
                || contains(event.actor(), text)
                || contains(event.payloadText(), text);
    }

    private static boolean contains(String where, String text) {
        return where.toLowerCase(Locale.ROOT).contains(text);
    }

    /** Events of the agents themselves, and decisions about them, whoever made those. */
    private void about(Query query, EventQuery within, TreeMap<Long, Event> found) {
        String about = query.about().orElseThrow();
        boolean graph = !about.contains("/");
        int most = query.limit() + 1;
        List<String> subjects = graph
                ? List.of("graph/" + about, "agent/" + about + "/*", "flow/" + about + "/*")
                : List.of("agent/" + about, "agent/" + about + ".*");
        for (String subject : subjects) {
            collect(query, within.subject(subject), most, found);
        }
        for (String type : OF_DECISIONS) {
            if (query.type().map(pattern -> fits(pattern, type)).orElse(true)) {
                for (Event event : journal.read(within.type(type).newestFirst().limit(PAGE))) {
                    if (concerns(event, about, graph) && matches(query, event)) {
                        found.put(event.sequence(), event);
                    }
                }
            }
        }
    }

    private static boolean fits(String pattern, String type) {
        return pattern.endsWith("*")
                ? type.startsWith(pattern.substring(0, pattern.length() - 1))
                : type.equals(pattern);
    }

    private boolean concerns(Event event, String about, boolean graph) {
        if (event.type().equals(DecisionRecorded.TYPE)) {
            String agent = payload(event).path("agent").asText();
            return agent.equals(about) || agent.startsWith(about + (graph ? "/" : "."));
        }
        for (Cause cause : event.causes()) {
            Optional<Event> decision = own(cause).flatMap(journal::get);
            if (decision.isPresent()
                    && decision.get().type().equals(DecisionRecorded.TYPE)
                    && concerns(decision.get(), about, graph)) {
                return true;
            }
        }
        return false;
    }

    /** What an event led to: causes always come before what they cause, so one pass finds all. */
    private void effects(Query query, EventQuery within, TreeMap<Long, Event> found) {
        long cause = query.cause().orElseThrow();
        if (cause < journal.first()) {
            throw new StratoswarmException(
                    Kind.GONE,
                    "event " + cause
                            + " was pruned, so what it led to cannot be found; the journal has the events from "
                            + journal.first() + " on");
        }
        if (journal.get(cause).isEmpty()) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND, "there is no event " + cause + "; the journal has " + journal.size());
        }
        Set<Long> reached = new HashSet<>(Set.of(cause));
        long at = cause;
        long end = Math.min(within.toSequence(), cause + MOST_READ);
        while (at < end) {
            List<Event> page = journal.read(EventQuery.all().from(at).to(end).limit(PAGE));
            for (Event event : page) {
                boolean effect = event.sequence() == cause
                        || event.causes().stream()
                                .anyMatch(each ->
                                        own(each).filter(reached::contains).isPresent());
                if (effect) {
                    reached.add(event.sequence());
                    if (wanted(query, within, event)) {
                        found.put(event.sequence(), event);
                    }
                }
            }
            if (page.isEmpty() || found.size() > 10 * MAX_LIMIT) {
                return;
            }
            at = page.getLast().sequence() + 1;
        }
    }

    private boolean wanted(Query query, EventQuery within, Event event) {
        boolean timely = event.timeNanos() >= within.fromNanos() && event.timeNanos() < within.toNanos();
        boolean typed =
                within.type().map(pattern -> fits(pattern, event.type())).orElse(true);
        boolean named = query.about()
                .map(about -> event.subject().equals("agent/" + about)
                        || event.subject().startsWith("agent/" + about + ".")
                        || event.subject().startsWith("agent/" + about + "/")
                        || event.subject().equals("graph/" + about)
                        || concerns(event, about, !about.contains("/")))
                .orElse(true);
        return timely && typed && named && matches(query, event);
    }

    private Optional<Long> own(Cause cause) {
        return cause instanceof Cause.OfEvent of && of.journal().equals(journal.id())
                ? Optional.of(of.sequence())
                : Optional.empty();
    }

    /** The recorded causes of what was found, and theirs. */
    private TreeMap<Long, Event> led(Map<Long, Event> found) {
        TreeMap<Long, Event> led = new TreeMap<>();
        Deque<Event> open = new ArrayDeque<>(found.values());
        while (!open.isEmpty() && led.size() < MOST_LED) {
            for (Cause cause : open.removeFirst().causes()) {
                Optional<Long> sequence = own(cause);
                if (sequence.isEmpty() || found.containsKey(sequence.get()) || led.containsKey(sequence.get())) {
                    continue;
                }
                journal.get(sequence.get()).ifPresent(event -> {
                    led.put(event.sequence(), event);
                    open.addLast(event);
                });
            }
        }
        return led;
    }

    private List<Link> links(Map<Long, Event> found, Map<Long, Event> led) {
        List<Link> links = new ArrayList<>();
        for (Map<Long, Event> events : List.of(led, found)) {
            for (Event event : events.values()) {
                for (Cause cause : event.causes()) {
                    own(cause)
                            .filter(sequence -> found.containsKey(sequence) || led.containsKey(sequence))
                            .ifPresent(sequence -> links.add(new Link(sequence, event.sequence())));
                }
            }
        }
        return links;
    }

    private List<Decided> decisions(Map<Long, Event> found, Map<Long, Event> led) {
        Map<String, JsonNode> outcomes = new HashMap<>();
        List<Decided> decided = new ArrayList<>();
        TreeMap<Long, Event> all = new TreeMap<>(led);
        all.putAll(found);
        for (Event event : all.values()) {
            if (event.type().equals(DecisionOutcome.TYPE)) {
                JsonNode payload = payload(event);
                outcomes.put(payload.path("decision").asText(), payload);
            }
        }
        for (Event event : all.values()) {
            if (event.type().equals(DecisionRecorded.TYPE)) {
                JsonNode payload = payload(event);
                JsonNode outcome = outcomes.getOrDefault(
                        payload.path("id").asText(), outcome(event).orElse(JSON.createObjectNode()));
                decided.add(decided(event, payload, outcome));
            }
        }
        return decided;
    }

    /** The outcome of a decision that is not part of the trail itself, which may be later than what was asked for. */
    private Optional<JsonNode> outcome(Event decision) {
        String id = payload(decision).path("id").asText();
        return journal
                .read(EventQuery.all()
                        .from(decision.sequence() + 1)
                        .subject(decision.subject())
                        .type(DecisionOutcome.TYPE)
                        .limit(100))
                .stream()
                .map(TrailFinder::payload)
                .filter(payload -> payload.path("decision").asText().equals(id))
                .findFirst();
    }

    private static Decided decided(Event event, JsonNode payload, JsonNode outcome) {
        JsonNode ruling = parse(
                payload.path("systemContext").path(Decisions.CONTEXT_RULING).asText("{}"));
        return new Decided(
                event.sequence(),
                payload.path("id").asText(),
                payload.path("agent").asText(),
                payload.path("decisionType").asText(),
                event.actor(),
                payload.path("reasoning").asText(),
                payload.path("confidence").asDouble(),
                ruling.path("ruling").asText("allow"),
                outcome.path("outcome").asText(),
                outcome.path("success").asBoolean());
    }

    private List<Broken> broken(Map<Long, Event> found, Map<Long, Event> led, EventQuery within) {
        Map<String, Broken> byRule = new TreeMap<>();
        EventQuery violations = EventQuery.all()
                .to(within.toSequence())
                .between(within.fromNanos(), within.toNanos())
                .type(VIOLATED)
                .newestFirst()
                .limit(PAGE);
        for (Event event : journal.read(violations)) {
            boolean ours = found.containsKey(event.sequence())
                    || event.causes().stream()
                            .anyMatch(cause -> own(cause)
                                    .filter(at -> found.containsKey(at) || led.containsKey(at))
                                    .isPresent());
            if (ours) {
                JsonNode payload = payload(event);
                String rule = payload.path("rule").asText();
                long times = 1 + payload.path("alsoSince").asLong();
                byRule.merge(
                        rule,
                        new Broken(rule, payload.path("severity").asText(), times),
                        (a, b) -> new Broken(rule, a.severity(), a.times() + b.times()));
            }
        }
        return List.copyOf(byRule.values());
    }

    private static JsonNode payload(Event event) {
        return parse(event.payloadText());
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            return JSON.createObjectNode(); // Not JSON, so it says nothing of decisions.
        }
    }
}
