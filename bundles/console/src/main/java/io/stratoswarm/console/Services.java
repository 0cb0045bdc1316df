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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the API serves from. Each may come and go while the server runs. */
interface Services {
    Optional<Agents> agents();

    default Optional<Leases> leases() {
        return Optional.empty();
    }

    default Optional<AgentControls> controls() {
        return Optional.empty();
    }

    Optional<Graphs> graphs();

    default Optional<Placements> placements() {
        return Optional.empty();
    }

    Optional<Journal> journal();

    default Optional<JournalRetention> retention() {
        return Optional.empty();
    }

    default Optional<LegalHolds> holds() {
        return Optional.empty();
    }

    Optional<Plugins> plugins();

    Optional<Daemon> daemon();

    default Optional<Scripts> scripts() {
        return Optional.empty();
    }

    default Optional<Flows> flows() {
        return Optional.empty();
    }

    default Optional<Transforms> transforms() {
        return Optional.empty();
    }

    default Optional<Proposals> proposals() {
        return Optional.empty();
    }

    default Optional<Failures> failures() {
        return Optional.empty();
    }

    default Optional<Replays> replays() {
        return Optional.empty();
    }

    default Optional<Healing> healing() {
        return Optional.empty();
    }

    default Optional<Predictions> predictions() {
        return Optional.empty();
    }

    default Optional<Compliance> compliance() {
        return Optional.empty();
    }

    default Optional<Trails> trails() {
        return Optional.empty();
    }

    default Optional<Decisions> decisions() {
        return Optional.empty();
    }

    default Optional<TransparencyLog> log() {
        return Optional.empty();
    }

    default Optional<Captures> captures() {
        return Optional.empty();
    }

    default Optional<EventExports> exports() {
        return Optional.empty();
    }

    default Optional<Erasure> erasure() {
        return Optional.empty();
    }

    Optional<Settings> settings();

    Optional<Metrics> metrics();

    /** Where tokens are kept. */
    Optional<TableStore> tables();

    default Optional<LogTemplates> logTemplates() {
        return Optional.empty();
    }

    default Optional<MetricProofs> metricProofs() {
        return Optional.empty();
    }

    /** What "now" means to requests that name no time. */
    InstantSource clock();

    List<HostProbe> probes();

    /** Names of the services without which the daemon does not do its work. */
    default List<String> missing() {
        List<String> names = new ArrayList<>();
        if (agents().isEmpty()) {
            names.add("agents");
        }
        if (graphs().isEmpty()) {
            names.add("graphs");
        }
        if (journal().isEmpty()) {
            names.add("journal");
        }
        if (daemon().isEmpty()) {
            names.add("daemon");
        }
        return names;
    }

    static <T> T need(Optional<T> service, String name) {
        return service.orElseThrow(() -> new AbsentService(
                "the service '" + name + "' is not there now; its bundle is starting, stopped or failed:"
                        + " 'stratoswarm plugins' tells which"));
    }
}
