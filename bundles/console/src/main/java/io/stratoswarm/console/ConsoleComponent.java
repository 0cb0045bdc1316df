package io.stratoswarm.console;

import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.Leases;
import io.stratoswarm.api.audit.Compliance;
import io.stratoswarm.api.audit.Trails;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.failure.Failures;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Proposals;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.healing.Healing;
import io.stratoswarm.api.healing.Predictions;
import io.stratoswarm.api.host.Daemon;
import io.stratoswarm.api.host.HostProbe;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.JournalRetention;
import io.stratoswarm.api.journal.LegalHolds;
import io.stratoswarm.api.log.Erasure;
import io.stratoswarm.api.log.EventExports;
import io.stratoswarm.api.log.TransparencyLog;
import io.stratoswarm.api.metric.LogTemplates;
import io.stratoswarm.api.metric.MetricProofs;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.place.Placements;
import io.stratoswarm.api.plugin.Plugins;
import io.stratoswarm.api.replay.Replays;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.api.store.TableStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Opens the API on the data folder's socket. The services are optional and dynamic, hence fields: the API is there from the
 * first moment and says itself what is still missing.
 */
@Component(
        service = {},
        immediate = true,
        configurationPid = ConsoleComponent.PID)
public final class ConsoleComponent implements Services {
    static final String PID = "stratoswarm.console";

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Agents agents;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Leases leases;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable AgentControls controls;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Graphs graphs;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Placements placements;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Journal journal;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Plugins plugins;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Daemon daemon;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable ConfigurationAdmin configuration;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable LogTemplates logTemplates;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Metrics metrics;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable MetricProofs metricProofs;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Scripts scripts;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Flows flows;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Transforms transforms;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Proposals proposals;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Replays replays;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Compliance compliance;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Healing healing;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Predictions predictions;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Failures failures;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Decisions decisions;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable TransparencyLog log;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Captures captures;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable EventExports exports;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Trails trails;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Erasure erasure;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable JournalRetention retention;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable LegalHolds holds;

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    private final List<HostProbe> probes = new CopyOnWriteArrayList<>();

    private volatile @Nullable TableStore tables;

    private final ApiServer server;

    @Activate
    public ConsoleComponent(BundleContext context, Map<String, Object> properties) throws IOException {
        String data = context.getProperty("stratoswarm.data");
        if (data == null || data.isEmpty()) {
            throw new IllegalStateException("the framework property stratoswarm.data is not set; the launcher sets it");
        }
        SocketPlace place = SocketPlace.in(Path.of(data).toAbsolutePath(), System.getenv(), Peers.ownUid());
        ConsoleConfig config = ConsoleConfig.parse(properties);
        Surroundings surroundings = new Surroundings(InstantSource.system(), System::nanoTime, new SecureRandom());
        this.server = ApiServer.open(place, config, Limits.DEFAULT, this, surroundings);
        if (properties.containsKey("felix.fileinstall.filename") || !configured(context)) {
            server.configure(config);
        }
    }

    /** Whether a file will soon say where to listen; nothing is opened before, for it may say nowhere. */
    private static boolean configured(BundleContext context) {
        String folder = context.getProperty("stratoswarm.config");
        return folder != null && Files.exists(Path.of(folder, PID + ".cfg"));
    }

    @Modified
    void modified(Map<String, Object> properties) {
        server.configure(ConsoleConfig.parse(properties));
    }

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindTables(TableStore store) {
        tables = store;
        server.tables(store);
    }

    void unbindTables(TableStore store) {
        if (store.equals(tables)) {
            tables = null;
            server.noTables();
        }
    }

    @Deactivate
    void deactivate() {
        server.close();
    }

    @Override
    public Optional<Metrics> metrics() {
        return Optional.ofNullable(metrics);
    }

    @Override
    public Optional<TableStore> tables() {
        return Optional.ofNullable(tables);
    }

    @Override
    public Optional<Leases> leases() {
        return Optional.ofNullable(leases);
    }

    @Override
    public Optional<AgentControls> controls() {
        return Optional.ofNullable(controls);
    }

    @Override
    public Optional<Agents> agents() {
        return Optional.ofNullable(agents);
    }

    @Override
    public Optional<Graphs> graphs() {
        return Optional.ofNullable(graphs);
    }

    @Override
    public Optional<Placements> placements() {
        return Optional.ofNullable(placements);
    }

    @Override
    public Optional<Journal> journal() {
        return Optional.ofNullable(journal);
    }

    @Override
    public Optional<Plugins> plugins() {
        return Optional.ofNullable(plugins);
    }

    @Override
    public Optional<Daemon> daemon() {
        return Optional.ofNullable(daemon);
    }

    @Override
    public Optional<Scripts> scripts() {
        return Optional.ofNullable(scripts);
    }

    @Override
    public Optional<Flows> flows() {
        return Optional.ofNullable(flows);
    }

    @Override
    public Optional<Transforms> transforms() {
        return Optional.ofNullable(transforms);
    }

    @Override
    public Optional<Proposals> proposals() {
        return Optional.ofNullable(proposals);
    }

    @Override
    public Optional<Failures> failures() {
        return Optional.ofNullable(failures);
    }

    @Override
    public Optional<Replays> replays() {
        return Optional.ofNullable(replays);
    }

    @Override
    public Optional<Healing> healing() {
        return Optional.ofNullable(healing);
    }

    @Override
    public Optional<Predictions> predictions() {
        return Optional.ofNullable(predictions);
    }

    @Override
    public Optional<Compliance> compliance() {
        return Optional.ofNullable(compliance);
    }

    @Override
    public Optional<Decisions> decisions() {
        return Optional.ofNullable(decisions);
    }

    @Override
    public Optional<TransparencyLog> log() {
        return Optional.ofNullable(log);
    }

    @Override
    public Optional<Captures> captures() {
        return Optional.ofNullable(captures);
    }

    @Override
    public Optional<Trails> trails() {
        return Optional.ofNullable(trails);
    }

    @Override
    public Optional<EventExports> exports() {
        return Optional.ofNullable(exports);
    }

    @Override
    public Optional<JournalRetention> retention() {
        return Optional.ofNullable(retention);
    }

    @Override
    public Optional<LegalHolds> holds() {
        return Optional.ofNullable(holds);
    }

    @Override
    public Optional<Erasure> erasure() {
        return Optional.ofNullable(erasure);
    }

    @Override
    public Optional<Settings> settings() {
        return Optional.ofNullable(configuration).map(ConfigAdminSettings::new);
    }

    @Override
    public Optional<LogTemplates> logTemplates() {
        return Optional.ofNullable(logTemplates);
    }

    @Override
    public Optional<MetricProofs> metricProofs() {
        return Optional.ofNullable(metricProofs);
    }

    @Override
    public InstantSource clock() {
        return InstantSource.system();
    }

    @Override
    public List<HostProbe> probes() {
        return List.copyOf(probes);
    }
}
