package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.Leases;
import io.stratoswarm.api.audit.Compliance;
import io.stratoswarm.api.audit.Trails;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.failure.Failures;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.healing.Healing;
import io.stratoswarm.api.healing.Predictions;
import io.stratoswarm.api.host.Capability;
import io.stratoswarm.api.host.Daemon;
import io.stratoswarm.api.host.HostProbe;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.JournalRetention;
import io.stratoswarm.api.journal.LegalHolds;
import io.stratoswarm.api.log.Erasure;
import io.stratoswarm.api.log.EventExports;
import io.stratoswarm.api.log.EventFormat;
import io.stratoswarm.api.log.TransparencyLog;
import io.stratoswarm.api.metric.MetricProofs;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.place.Explanation;
import io.stratoswarm.api.place.Placements;
import io.stratoswarm.api.place.Relocation;
import io.stratoswarm.api.place.Site;
import io.stratoswarm.api.plugin.PluginStatus;
import io.stratoswarm.api.plugin.Plugins;
import io.stratoswarm.api.replay.Replays;
import io.stratoswarm.api.store.TableStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A daemon in memory: one graph of three agents, and everything else that the API serves. */
public class InMemoryServices implements Services {
    public final InMemoryAgents agents = new InMemoryAgents();
    public final InMemoryJournal journal = new InMemoryJournal();
    public final InMemoryTables tables = new InMemoryTables();
    public final List<String> calls = new CopyOnWriteArrayList<>();
    public final Map<String, Map<String, Object>> config = new TreeMap<>();
    public final InMemoryMetrics metrics = new InMemoryMetrics();
    final InMemoryTransforms transforms = new InMemoryTransforms();
    final InMemoryLog log = new InMemoryLog();
    final InMemoryProposals proposals = new InMemoryProposals();
    final InMemoryDecisions decisions = new InMemoryDecisions();
    final InMemoryHealing healing = new InMemoryHealing();
    final InMemoryPredictions predictions = new InMemoryPredictions();
    final InMemoryCompliance compliance = new InMemoryCompliance();
    final InMemoryCaptures captures = new InMemoryCaptures();
    volatile boolean complete = true;
    /** Takes the place of {@link #metrics}. */
    volatile @Nullable Metrics otherMetrics;

    private final BiFunction<String, String, ManifestResult> parser;
    private final String data;

    public InMemoryServices(String data, BiFunction<String, String, ManifestResult> parser) {
        this.data = data;
        this.parser = parser;
        agents.add("shop", "web", AgentPhase.READY, "runs and is ready");
        agents.add("shop", "job", AgentPhase.COMPLETED, "ended with exit 0");
        agents.add("shop", "slow", AgentPhase.STOPPING, "waits for its grace time");
        agents.add("shop", "broken", AgentPhase.QUARANTINED, "restarted 11 times within 60 s");
        config.put("stratoswarm.console", new TreeMap<>(Map.of("group", "ops", "service.pid", "stratoswarm.console")));
        for (int i = 0; i < 30; i++) {
            journal.append(i % 3 == 0 ? "AgentStarted" : "AgentExited", "agent/shop/web", "{\"n\":" + i + "}");
        }
    }

    @Override
    public Optional<Agents> agents() {
        return complete ? Optional.of(agents) : Optional.empty();
    }

    @Override
    public Optional<Graphs> graphs() {
        return complete ? Optional.of(new InMemoryGraphs()) : Optional.empty();
    }

    @Override
    public Optional<Placements> placements() {
        return Optional.of(new Placements() {
            @Override
            public Site places() {
                return new Site(List.of(), List.of(), List.of());
            }

            @Override
            public List<Explanation> explain(String graph, String node) {
                return List.of(new Explanation(
                        graph + "/" + node,
                        Optional.of("numa0"),
                        "only numa0 can take it",
                        List.of(new Explanation.Rejected(
                                "numa1", false, "requests: it has 1 cpu left, the agent asks 2 cpu", 0))));
            }

            @Override
            public Relocation relocation(String graph, double movingWeight) {
                throw new UnsupportedOperationException();
            }
        });
    }

    @Override
    public Optional<Journal> journal() {
        return Optional.of(journal);
    }

    @Override
    public Optional<Plugins> plugins() {
        return Optional.of(() -> List.of(
                new PluginStatus(
                        "", "io.stratoswarm.core", "0.1.0", "active", "part of the distribution", "ab".repeat(32)),
                new PluginStatus("junk.jar", "", "", "refused", "not a jar: no manifest", "cd".repeat(32))));
    }

    @Override
    public Optional<Daemon> daemon() {
        return complete ? Optional.of(new InMemoryDaemon()) : Optional.empty();
    }

    @Override
    public Optional<Leases> leases() {
        return complete ? Optional.of(agents.leases()) : Optional.empty();
    }

    @Override
    public Optional<AgentControls> controls() {
        return complete ? Optional.of(agents.controls()) : Optional.empty();
    }

    @Override
    public Optional<Flows> flows() {
        return complete ? Optional.of(new InMemoryFlows()) : Optional.empty();
    }

    @Override
    public Optional<Transforms> transforms() {
        return complete ? Optional.of(transforms) : Optional.empty();
    }

    @Override
    public Optional<Trails> trails() {
        return complete ? Optional.of(new InMemoryTrails()) : Optional.empty();
    }

    @Override
    public Optional<Decisions> decisions() {
        return complete ? Optional.of(decisions) : Optional.empty();
    }

    @Override
    public Optional<Healing> healing() {
        return complete ? Optional.of(healing) : Optional.empty();
    }

    @Override
    public Optional<Predictions> predictions() {
        return complete ? Optional.of(predictions) : Optional.empty();
    }

    @Override
    public Optional<Compliance> compliance() {
        return complete ? Optional.of(compliance) : Optional.empty();
    }

    @Override
    public Optional<Proposals> proposals() {
        return complete ? Optional.of(proposals) : Optional.empty();
    }

    @Override
    public Optional<TransparencyLog> log() {
        return complete ? Optional.of(log) : Optional.empty();
    }

    @Override
    public Optional<Captures> captures() {
        return complete ? Optional.of(captures) : Optional.empty();
    }

    @Override
    public Optional<EventExports> exports() {
        return Optional.of(new OneExport());
    }

    @Override
    public Optional<JournalRetention> retention() {
        return Optional.of(new InMemoryRetention(calls));
    }

    @Override
    public Optional<LegalHolds> holds() {
        return Optional.of(new InMemoryRetention(calls));
    }

    @Override
    public Optional<Erasure> erasure() {
        return Optional.of((person, actor) -> calls.add("erase " + person + " " + actor));
    }

    /** A format that writes what it was asked for. */
    private static final class OneExport implements EventExports {
        @Override
        public List<String> formats() {
            return List.of("echo");
        }

        @Override
        public String mediaType(String format) {
            if (!format.equals("echo")) {
                throw new StratoswarmException(
                        StratoswarmException.Kind.INVALID, "there is no format '" + format + "'");
            }
            return "text/plain; charset=utf-8";
        }

        @Override
        public void export(String format, EventQuery query, boolean proofs, EventFormat.Lines out)
                throws java.io.IOException {
            out.line(query.subject().orElse("all") + " " + proofs);
            out.line("end");
        }
    }

    @Override
    public Optional<Failures> failures() {
        return complete ? Optional.of(new InMemoryFailures(this)) : Optional.empty();
    }

    @Override
    public Optional<Replays> replays() {
        return complete ? Optional.of(new InMemoryReplays(this)) : Optional.empty();
    }

    @Override
    public Optional<Settings> settings() {
        return Optional.of(new InMemorySettings());
    }

    @Override
    public Optional<Metrics> metrics() {
        return otherMetrics != null ? Optional.of(otherMetrics) : complete ? Optional.of(metrics) : Optional.empty();
    }

    @Override
    public Optional<MetricProofs> metricProofs() {
        return complete ? Optional.of(new OneClosing()) : Optional.empty();
    }

    /** One closing of blocks that fits its root. */
    private static final class OneClosing implements MetricProofs {
        @Override
        public List<Closing> verify(long fromMillis, long toMillis) {
            return List.of(new Closing(7, 2, fromMillis, 12, "ab".repeat(32), State.GOOD, "2 blocks give the root"));
        }

        @Override
        public List<Points> resolve(Cause.OfMetrics cause) {
            return List.of();
        }
    }

    @Override
    public Optional<TableStore> tables() {
        return Optional.of(tables);
    }

    @Override
    public InstantSource clock() {
        return () -> Instant.ofEpochSecond(0, InMemoryAgents.NOON);
    }

    @Override
    public List<HostProbe> probes() {
        HostProbe good = () -> List.of(
                new Capability("cgroup.memory", true, "version 1 at /sys/fs/cgroup/memory"),
                new Capability("criu", false, "criu is not installed; apt install criu"));
        HostProbe bad = () -> {
            throw new IllegalStateException("a probe may fail");
        };
        return List.of(good, bad);
    }

    private final class InMemoryGraphs implements Graphs {
        @Override
        public Plan plan(String graph, Revision revision) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Declaration> declaration(String name) {
            return Optional.empty();
        }

        @Override
        public Declaration declaration(String name, long generation) {
            throw new StratoswarmException(StratoswarmException.Kind.NOT_FOUND, "no graph is named '" + name + "'");
        }

        @Override
        public AutoCloseable watch(Consumer<String> changed) {
            return () -> {};
        }

        @Override
        public ManifestResult parse(String fileName, String text) {
            return parser.apply(fileName, text);
        }

        @Override
        public ManifestResult parse(GraphSource source) {
            calls.add("parse " + source.file() + " " + source.included() + " " + source.parameters());
            return parser.apply(source.file(), source.text());
        }

        @Override
        public GraphSource source(String name, OptionalLong generation) {
            return new GraphSource(
                    name + ".graph", "generation " + generation.orElse(2), Map.of("a.graph", "a"), Map.of("port", "1"));
        }

        private Applied applied(String name, long generation) {
            return new Applied(name, generation, steps());
        }

        private List<Step> steps() {
            return List.of(
                    new Step(
                            "replace",
                            "node",
                            "web",
                            "changed: command",
                            new Effect(
                                    List.of(), List.of("shop/web"), List.of(), List.of("flow a-web pauses meanwhile"))),
                    new Step("keep", "flow", "a-web", "unchanged", Effect.NONE));
        }

        @Override
        public CompletableFuture<Applied> apply(GraphManifest manifest, Options options, String actor) {
            calls.add(
                    "apply " + manifest.name() + " " + actor + (options.equals(Options.DEFAULT) ? "" : " " + options));
            return CompletableFuture.completedFuture(applied(manifest.name(), 2));
        }

        @Override
        public Plan plan(GraphManifest manifest, boolean force) {
            return new Plan(
                    manifest.name(),
                    1,
                    steps(),
                    force ? List.of() : List.of(new Conflict("node", "web", "replicas", "1", "5", "3")));
        }

        @Override
        public CompletableFuture<Applied> edit(String graph, String id, Map<String, String> changes, String actor) {
            calls.add("edit " + graph + " " + id + " " + new TreeMap<>(changes) + " " + actor);
            return CompletableFuture.completedFuture(applied(graph, 3));
        }

        @Override
        public CompletableFuture<Applied> revise(String graph, Revision revision, String actor) {
            calls.add("revise " + graph + " " + actor);
            return CompletableFuture.completedFuture(applied(graph, 3));
        }

        @Override
        public List<Generation> history(String name, int limit) {
            return List.of(new Generation(
                    2, "applied", InMemoryAgents.NOON, "uid:0", 17, List.of("replace node web: changed: command")));
        }

        @Override
        public CompletableFuture<Applied> rollback(String name, OptionalLong to, OptionalLong expected, String actor) {
            calls.add("rollback " + name + " " + to + " " + expected + " " + actor);
            return CompletableFuture.completedFuture(applied(name, 4));
        }

        @Override
        public Plan planRollback(String name, OptionalLong to) {
            return new Plan(name, 2, steps(), List.of());
        }

        @Override
        public CompletableFuture<Void> delete(String name, String actor) {
            calls.add("delete " + name + " " + actor);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public List<Summary> list() {
            return List.of(new Summary("shop", 2, "a shop", agents.list()));
        }
    }

    private final class InMemoryDaemon implements Daemon {
        @Override
        public String version() {
            return "0.1.0";
        }

        @Override
        public long startedNanos() {
            return InMemoryAgents.NOON;
        }

        @Override
        public String home() {
            return "/opt/stratoswarm";
        }

        @Override
        public String data() {
            return data;
        }

        @Override
        public CompletableFuture<Void> shutdown(boolean stopAgents, String actor) {
            calls.add("shutdown " + stopAgents + " " + actor);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> upgrade(Optional<String> newHome, String actor) {
            calls.add("upgrade " + newHome.orElse("same") + " " + actor);
            return CompletableFuture.completedFuture(null);
        }
    }

    private final class InMemorySettings implements Settings {
        @Override
        public List<String> pids() {
            return new ArrayList<>(config.keySet());
        }

        @Override
        public Optional<Map<String, Object>> get(String pid) {
            return Optional.ofNullable(config.get(pid)).map(TreeMap::new);
        }

        @Override
        public void put(String pid, Map<String, Object> properties) {
            config.put(pid, new TreeMap<>(properties));
        }
    }
}
