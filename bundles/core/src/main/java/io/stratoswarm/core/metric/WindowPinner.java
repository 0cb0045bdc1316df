package io.stratoswarm.core.metric;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.metric.PinnedWindow;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.api.store.BlobStore;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the half hour before a failure or a decision. An agent's later failures within half an hour refer to the same window, no
 * graph has more than four of them in that time, and there are at most twelve an hour, whatever fails.
 */
final class WindowPinner implements Reactor {
    private static final Logger LOG = LoggerFactory.getLogger(WindowPinner.class);
    private static final int PER_GRAPH = 4;
    private static final int PER_HOUR = 12;
    private static final int NEIGHBOURS = 20;
    private static final int LOG_LINES = 200;
    private static final int LOG_LINE_CHARACTERS = 2_000;

    private final Journal journal;
    private final BlobStore blobs;
    private final MetricEngine engine;
    private final Pins pins;
    private final Supplier<Optional<Agents>> agents;
    private final Deque<PinnedWindow> recent = new ArrayDeque<>();
    private final StoredBlocks blocks;
    private boolean loaded;
    private long leftOut;

    WindowPinner(Journal journal, BlobStore blobs, MetricEngine engine, Pins pins, Supplier<Optional<Agents>> agents) {
        this.journal = journal;
        this.blobs = blobs;
        this.engine = engine;
        this.pins = pins;
        this.agents = agents;
        this.blocks = new StoredBlocks(engine.tables);
    }

    @Override
    public String id() {
        return "core.metric.windows";
    }

    @Override
    public void on(Event event) {
        long time = Math.floorDiv(event.timeNanos(), 1_000_000);
        // What is older was met by an earlier daemon, or its samples are gone.
        if (time < engine.now() - Pins.SPAN_MILLIS || !Failures.concerns(event, journal)) {
            return;
        }
        String agent = Failures.agent(event);
        if (agent.isEmpty() || covered(agent, time) || pins.of(event.sequence()).isPresent()) {
            return;
        }
        keep(event, agent, time);
    }

    /** Whether an earlier window is there for this, or there are too many already. */
    private boolean covered(String agent, long time) {
        if (!loaded) {
            List<PinnedWindow> newest = pins.list(PER_HOUR * 2);
            newest.reversed().forEach(recent::addLast);
            loaded = true;
        }
        recent.removeIf(window -> window.toMillis() < time - TimeUnit.HOURS.toMillis(1));
        int ofGraph = 0;
        for (PinnedWindow window : recent) {
            if (window.toMillis() > time - Pins.SPAN_MILLIS) {
                if (window.subject().equals(agent)) {
                    return true;
                }
                ofGraph += graph(window.subject()).equals(graph(agent)) ? 1 : 0;
            }
        }
        if (ofGraph >= PER_GRAPH || recent.size() >= PER_HOUR) {
            leftOut++;
            LOG.info(
                    "the window of {} is not kept: {}",
                    agent,
                    ofGraph >= PER_GRAPH
                            ? "its graph has " + ofGraph + " of this half hour"
                            : "there are " + recent.size() + " of this hour");
            return true;
        }
        return false;
    }

    private static String graph(String agent) {
        int slash = agent.indexOf('/');
        return slash < 0 ? agent : agent.substring(0, slash + 1);
    }

    private void keep(Event event, String agent, long time) {
        long to = time + 1;
        long from = Math.max(0, to - Pins.SPAN_MILLIS);
        ObjectNode head = Json.object()
                .put("sequence", event.sequence())
                .put("agent", agent)
                .put("type", event.type())
                .put("fromMillis", from)
                .put("toMillis", to);
        List<Gathered> subjects = gather(agent, from, to, head);
        logs(agent, head);
        byte[] blob = WindowBlob.write(head, subjects);
        String hash = blobs.put(blob);
        long samples = subjects.stream().mapToLong(Gathered::samples).sum();
        ObjectNode payload = Json.object()
                .put("sequence", event.sequence())
                .put("agent", agent)
                .put("fromMillis", from)
                .put("toMillis", to)
                .put("from", Instant.ofEpochMilli(from).toString())
                .put("to", Instant.ofEpochMilli(to).toString())
                .put("hash", hash)
                .put("bytes", blob.length)
                .put("subjects", subjects.size())
                .put("samples", samples)
                .put("notKeptSinceLast", leftOut);
        EventDraft draft = EventDraft.json(
                Pins.TYPE,
                Roots.SOURCE,
                Pins.SUBJECT + event.sequence(),
                "reactor:" + id(),
                List.of(event.asCause()),
                Json.text(payload));
        Roots.appended(journal, Append.of(draft).withKey("window-pinned-" + event.sequence()));
        recent.addLast(new PinnedWindow(event.sequence(), agent, from, to, hash));
        leftOut = 0;
    }

    /** The samples of the agent, its neighbours and the host; the agent first, the host last. */
    private List<Gathered> gather(String agent, long from, long to, ObjectNode head) {
        Map<String, Gathered> found = new TreeMap<>();
        read(agent, from, to, found);
        read(Series.HOST, from, to, found);
        List<String> neighbours = neighbours(agent, from);
        ArrayNode names = head.putArray("neighbours");
        for (String neighbour : neighbours.subList(0, Math.min(NEIGHBOURS, neighbours.size()))) {
            names.add(neighbour);
            read(neighbour, from, to, found);
        }
        head.put("neighboursLeftOut", Math.max(0, neighbours.size() - NEIGHBOURS));
        List<Gathered> all = new ArrayList<>();
        Gathered own = found.remove(agent);
        Gathered host = found.remove(Series.HOST);
        if (own != null) {
            all.add(own);
        }
        all.addAll(found.values());
        if (host != null) {
            all.add(host);
        }
        return all;
    }

    /** Other agents of the graph that have samples, those of the same node first. */
    private List<String> neighbours(String agent, long from) {
        String graph = graph(agent);
        String node = agent.lastIndexOf('.') > agent.indexOf('/') ? agent.substring(0, agent.lastIndexOf('.')) : agent;
        List<String> found = new ArrayList<>();
        for (Head each : engine.heads.values()) {
            if (graph.endsWith("/")
                    && each.subject.startsWith(graph)
                    && !each.subject.equals(agent)
                    && each.lastTime() >= from) {
                found.add(each.subject);
            }
        }
        found.sort(Comparator.comparing((String each) -> !each.startsWith(node)).thenComparing(each -> each));
        return found;
    }

    private void read(String subject, long from, long to, Map<String, Gathered> out) {
        Wanted all = new Wanted(subject, "*", java.util.Collections.emptySortedMap());
        Supplier<List<Head.Part>> memory = () -> {
            List<Head.Part> parts = new ArrayList<>();
            Head head = engine.heads.get(subject);
            if (head != null) {
                head.copy(all, from, to, parts);
            }
            return parts;
        };
        Gathered gathered = blocks.steady(memory, (stored, parts) -> {
            Gathered found = new Gathered(subject);
            StoredBlocks.Visitor visitor = (schema, block) -> found.add(schema, block, from, to);
            stored.raw(all, from, to, visitor);
            stored.chunks(all, from, to, visitor);
            parts.forEach(found::add);
            return found;
        });
        if (!gathered.isEmpty()) {
            out.put(subject, gathered);
        }
    }

    private void logs(String agent, ObjectNode head) {
        ArrayNode lines = head.putArray("log");
        Optional<Agents> service = agents.get();
        if (service.isEmpty()) {
            head.put("logMissing", "the service of agents was not there");
            return;
        }
        try {
            for (LogLine line : service.get().log(agent, LOG_LINES)) {
                String text = line.text();
                lines.addObject()
                        .put("timeMillis", line.timeMillis())
                        .put("stream", line.stream())
                        .put(
                                "text",
                                text.length() > LOG_LINE_CHARACTERS ? text.substring(0, LOG_LINE_CHARACTERS) : text);
            }
        } catch (StratoswarmException e) {
            head.put("logMissing", String.valueOf(e.getMessage()));
        }
    }
}
