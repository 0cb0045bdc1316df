package io.stratoswarm.audit.compliance;

import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.audit.Compliance;
import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.script.ScriptKind;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.audit.rule.RuleReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All of the rules together. {@link #step} must be called about each second. */
public final class RuleBook implements Compliance {
    private static final Logger LOG = LoggerFactory.getLogger(RuleBook.class);

    private final Packs packs;
    private final ScriptRules scripts;
    private final DecisionRules decisionRules;
    private final EventRules eventRules;
    private final StateRules stateRules;
    private String lastTrouble = "";

    /**
     * What the rules look at and act on.
     *
     * @param agents empty while the supervisor is not there
     * @param graphs likewise
     * @param scripts empty while the host of scripts is not there
     */
    public record Parts(
            Journal journal,
            Projections projections,
            BlobStore blobs,
            Decisions decisions,
            Supplier<Optional<Agents>> agents,
            Supplier<Optional<Graphs>> graphs,
            Supplier<Optional<Scripts>> scripts,
            InstantSource clock,
            LongSupplier nanos) {}

    /**
     * @param shipped folder of packs that are off until they are enabled
     * @param own folder of the operator's
     * @param user uid of the daemon
     */
    public RuleBook(Path shipped, Path own, int user, Parts parts) {
        Told told = new Told(parts.journal());
        Sight sight = new Sight(parts.agents(), parts.graphs());
        Alerts alerts = new Alerts(told, parts.nanos());
        Remedies remedies = new Remedies(parts.decisions(), parts.agents(), parts.graphs());
        packs = new Packs(new PackFolder(shipped, user), new PackFolder(own, user), parts.blobs(), told);
        scripts = new ScriptRules(told, parts.scripts(), parts.nanos());
        decisionRules = new DecisionRules(this::inForce, sight, parts.clock());
        eventRules = new EventRules(this::inForce, alerts, remedies, parts.clock());
        stateRules = new StateRules(
                this::inForce, sight, alerts, remedies, parts.projections(), parts.clock(), parts.nanos());
    }

    /** The fold that must be registered before anything is asked. */
    public static Projection<?> projection() {
        return new Violations();
    }

    public DecisionGate gate() {
        return decisionRules;
    }

    /** The kind of those rules that are scripts. */
    public ScriptKind kind() {
        return scripts;
    }

    private List<LiveRule> inForce() {
        List<LiveRule> all = new ArrayList<>(packs.inForce());
        all.addAll(scripts.inForce());
        return all;
    }

    public Reactor reactor() {
        return eventRules;
    }

    /** Something of agents or graphs has changed. */
    public void changed() {
        stateRules.changed();
    }

    /** Takes up changed files, then looks at what rules say of agents, graphs and state. */
    public void step() {
        try {
            packs.step();
            scripts.step();
            stateRules.step();
            lastTrouble = "";
        } catch (IOException | RuntimeException e) {
            // A boundary: the next step tries again. The same trouble is told once.
            String trouble = String.valueOf(e.getMessage());
            if (!trouble.equals(lastTrouble)) {
                lastTrouble = trouble;
                LOG.error("the rules could not be looked at: {}; it is tried again", trouble, e);
            }
        }
    }

    @Override
    public List<Pack> packs() {
        List<Pack> all = new ArrayList<>(packs.list());
        all.addAll(scripts.list());
        all.sort(Comparator.comparing(Pack::name));
        return all;
    }

    @Override
    public List<Violation> open() {
        return Violations.list(stateRules.open());
    }

    @Override
    public Pack enable(String name, boolean enabled, String actor) {
        boolean isPack = packs.list().stream().anyMatch(each -> each.name().equals(name));
        Pack pack = !isPack && scripts.has(name)
                ? scripts.enable(name, enabled, actor)
                : packs.enable(name, enabled, actor);
        stateRules.changed();
        return pack;
    }

    @Override
    public List<String> check(String file, byte[] text) {
        if (ScriptRules.isScript(file)) {
            return scripts.check(file, text);
        }
        return switch (RuleReader.read(file, text)) {
            case RuleReader.Result.Good good -> List.of();
            case RuleReader.Result.Bad bad ->
                bad.problems().stream().map(each -> file + ":" + each).toList();
        };
    }
}
