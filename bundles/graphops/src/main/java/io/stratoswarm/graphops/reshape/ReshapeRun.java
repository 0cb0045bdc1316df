package io.stratoswarm.graphops.reshape;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.flow.Flows;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.Transforms;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.api.script.ScriptTriggers;
import io.stratoswarm.api.script.ScriptTriggers.Trigger;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One reshape that runs: looks at its graphs whenever it is called, and passes on what its script asks for. */
final class ReshapeRun implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReshapeRun.class);
    /** Past every limit of a call, and of the start of a worker. */
    private static final long CALL_SECONDS = 120;

    /** What all of them work with. */
    record Parts(
            Graphs graphs,
            Agents agents,
            Flows flows,
            Transforms transforms,
            ProposalBook book,
            ScriptTriggers triggers,
            InstantSource clock) {}

    private final Parts parts;
    private final LoadedScript version;
    private final ReshapeSettings settings;
    private final String name;
    private final Map<String, History> histories = new HashMap<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private ScriptTriggers.@Nullable Running running;

    ReshapeRun(Parts parts, LoadedScript version) {
        this.parts = parts;
        this.version = version;
        this.settings = ReshapeSettings.of(version.header().settings(), parts.triggers(), new ArrayList<>());
        this.name = version.header().name();
    }

    void start() {
        running = parts.triggers().start(name, settings.triggers(), this::called);
    }

    private long nanos() {
        Instant now = parts.clock().instant();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    /** One after the other, as triggers promise. */
    private void called(Trigger trigger) {
        List<String> names =
                parts.graphs().list().stream().map(Graphs.Summary::name).toList();
        histories.keySet().retainAll(names);
        Optional<String> subject = trigger.event().flatMap(event -> graphOf(event.subject(), names));
        for (String graph : names) {
            if (closed.isDone()) {
                return;
            }
            if (settings.names(graph) && (subject.isEmpty() || subject.get().equals(graph))) {
                try {
                    look(trigger, graph);
                } catch (StratoswarmException e) {
                    // It may have been deleted just now, or something is not there yet: the next call looks again.
                    LOG.warn("script {}: graph {} could not be looked at: {}", name, graph, e.getMessage());
                }
            }
        }
    }

    /** The graph that an event is about, such as {@code agent/shop/web}; empty where it is about none, as one of the host. */
    private static Optional<String> graphOf(String subject, List<String> names) {
        String[] parts = subject.split("/", 3);
        return parts.length < 2 ? Optional.empty() : Optional.of(parts[1]).filter(names::contains);
    }

    private void look(Trigger trigger, String graph) {
        Optional<Graphs.Declaration> declared =
                parts.graphs().declaration(graph).filter(there -> !there.deleting());
        if (declared.isEmpty()) {
            return;
        }
        long now = nanos();
        History history = histories.computeIfAbsent(graph, any -> new History(settings));
        View view = View.of(declared.get(), parts.flows(), parts.agents(), parts.transforms());
        view.into(history, now);
        if (history.holds(now) && parts.book().busyUntil(name, graph, settings.cooldownMillis()) <= now) {
            String input = view.input(trigger, history, now).toString();
            call(trigger, graph, input)
                    .ifPresent(output -> act(Wanted.of(version, trigger, graph, view.generation(), input, output)));
        }
    }

    /** What the script says; empty where it failed, which its trace tells, or this was closed. */
    private Optional<String> call(Trigger trigger, String graph, String input) {
        CompletableFuture<List<ScriptOutcome>> outcomes =
                version.call(trigger.text() + ", graph " + graph, List.of(input));
        try {
            CompletableFuture.anyOf(outcomes, closed).get(CALL_SECONDS, TimeUnit.SECONDS);
            return outcomes.isDone()
                    ? Optional.of(outcomes.get().getFirst())
                            .filter(ScriptOutcome::ok)
                            .map(ScriptOutcome::output)
                    : Optional.empty();
        } catch (TimeoutException | ExecutionException e) {
            LOG.error("script {}: the call for {} did not end: {}", name, trigger.text(), e.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    /** The first that is valid is done; those before it are written down with why they were not. */
    private void act(List<Wanted> all) {
        for (Wanted wanted : all) {
            if (closed.isDone()) {
                return;
            }
            Transforms.Plan plan;
            try {
                plan = parts.transforms().plan(wanted.request());
                allowed(wanted, plan);
            } catch (StratoswarmException e) {
                LOG.info("script {}: what it asks for is refused: {}", name, e.getMessage());
                parts.book().refused(wanted, String.valueOf(e.getMessage()));
                continue;
            }
            if (settings.dryRun()) {
                parts.book().dryRun(wanted, plan.effect());
            } else if (settings.approve()) {
                parts.book().ask(wanted, plan.effect());
            } else {
                parts.book().start(wanted, plan.effect());
            }
            return;
        }
    }

    /** Fails where a node that the transform names, or an agent of which it drains, is decided for by other scripts. */
    private void allowed(Wanted wanted, Transforms.Plan plan) {
        for (Graphs.Declaration declared :
                parts.graphs().declaration(plan.graph()).stream().toList()) {
            for (NodeSpec node : declared.nodes()) {
                boolean touched = wanted.names(node.id())
                        || declared.members().getOrDefault(node.id(), List.of()).stream()
                                .anyMatch(member -> plan.drains().contains(member.agent()));
                if (touched && !node.decidedBy(name)) {
                    throw new StratoswarmException(
                            StratoswarmException.Kind.FORBIDDEN,
                            "only " + String.join(", ", node.policies()) + " may decide for node " + node.id()
                                    + " of graph " + plan.graph() + " (policies), not " + name);
                }
            }
        }
    }

    /** Returns once nothing of it runs any more. */
    @Override
    public void close() {
        closed.complete(null);
        if (running != null) {
            running.close();
        }
    }
}
