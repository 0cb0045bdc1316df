package io.stratoswarm.healing.heal;

import io.stratoswarm.api.agent.AgentControls;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.Leases;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.healing.classify.Model;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What healing needs of the daemon.
 *
 * @param processors of the host
 * @param current how far it may go now
 * @param model what failures are named by
 * @param modelHash SHA-256 of it, lower-case hexadecimal
 */
public record HealingParts(
        Journal journal,
        Projections projections,
        Decisions decisions,
        Agents agents,
        Supplier<Optional<Graphs>> graphs,
        Supplier<Optional<Transforms>> transforms,
        Supplier<Optional<Metrics>> metrics,
        Supplier<Optional<Leases>> leases,
        Supplier<Optional<AgentControls>> controls,
        Supplier<Optional<Captures>> captures,
        int processors,
        InstantSource clock,
        Supplier<Settings> current,
        Model model,
        String modelHash) {
    Settings settings() {
        return current.get();
    }

    /** The same, but for clones, which are ill on purpose. */
    public HealingParts withoutClones() {
        return new HealingParts(
                journal,
                projections,
                decisions,
                new WithoutClones(agents),
                graphs,
                transforms,
                metrics,
                leases,
                controls,
                captures,
                processors,
                clock,
                current,
                model,
                modelHash);
    }
}
