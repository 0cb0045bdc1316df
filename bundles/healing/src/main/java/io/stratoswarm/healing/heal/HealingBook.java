package io.stratoswarm.healing.heal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.decision.DecisionGate;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.healing.Healing;
import io.stratoswarm.api.journal.Projection;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.healing.classify.Classifier.Verdict;
import io.stratoswarm.healing.classify.Example;
import io.stratoswarm.healing.pattern.Patterns;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Choice;
import io.stratoswarm.healing.strategy.Learned;
import io.stratoswarm.healing.strategy.LearnedFold;
import io.stratoswarm.healing.trial.StrategyRoom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;

/** Healing as others see it: what goes on, what was learned, and what an operator may change. */
public final class HealingBook implements Healing {
    private final HealingParts parts;
    private final Ledger ledger;
    private final Witness witness;
    private final Withheld withheld;
    private final Watches watches;
    private final Healer healer;
    private final Alarms alarms;
    private final StrategyRoom room;
    private final Cases cases;
    private final CloneTrials clones;

    /**
     * @param given with all agents, clones among them
     * @param clones the one thread that clones are tried on
     */
    public HealingBook(HealingParts given, StrategyRoom room, Hands hands, ExecutorService clones) {
        parts = given.withoutClones();
        this.room = room;
        ledger = new Ledger(
                parts.journal(), parts.projections(), () -> parts.settings().rate());
        witness = new Witness(parts.journal(), parts.agents(), parts.graphs(), parts.metrics());
        withheld = new Withheld(ledger);
        cases = new Cases(parts.journal(), ledger);
        watches = new Watches(
                parts.agents(),
                ledger,
                parts.clock(),
                parts.current(),
                agent -> latest(agent).stream().filter(Slowness::answer).findFirst());
        healer = new Healer(parts, ledger, witness, watches, withheld, room.strategies(), hands);
        alarms = new Alarms(
                parts.current(),
                parts.clock(),
                parts.agents()::list,
                agent -> parts.agents().spec(agent).flatMap(AgentSpec::liveness),
                () -> latest("*"),
                new Anomalous(parts, ledger, witness));
        this.clones = new CloneTrials(parts, given, ledger, room.strategies(), clones);
        room.trials().onShadow(this.clones::changed);
        healer.resume();
    }

    private List<Sample> latest(String agents) {
        return parts.metrics().get().map(it -> it.latest(agents)).orElse(List.of());
    }

    /** Keeps what is learned; it must be there before the rest. */
    public static Projection<?> projection() {
        return new LearnedFold();
    }

    public Reactor reactor() {
        return healer;
    }

    /** Has acts wait for a person that the configuration says so of. */
    public DecisionGate gate() {
        return this::judge;
    }

    /** Looks what has come of healings, and for agents that are not as they were. */
    public void step() {
        healer.step();
        watches.step();
        alarms.step();
        clones.step();
    }

    private List<DecisionGate.Finding> judge(DecisionRecorded decision, DecisionOrigin origin) {
        if (!decision.decisionType().startsWith(Ledger.HEAL)) {
            return List.of();
        }
        return Act.of(decision.decisionType().substring(Ledger.HEAL.length()))
                .filter(parts.settings().approved()::contains)
                .map(act -> List.of(new DecisionGate.Finding(
                        "healing/approve", Ruling.APPROVE, act.word() + " waits for a person (approve.acts)")))
                .orElse(List.of());
    }

    @Override
    public Status status() {
        return new Status(
                parts.settings().mode().name().toLowerCase(Locale.ROOT),
                ledger.paused(),
                watches.size(),
                withheld.counts(),
                parts.modelHash());
    }

    @Override
    public List<Strategy> strategies() {
        Learned learned = ledger.learned();
        return labels(learned).stream().map(label -> strategy(learned, label)).toList();
    }

    private SortedSet<String> labels(Learned learned) {
        SortedSet<String> labels = new TreeSet<>(learned.classes().keySet());
        parts.model().examples().stream().map(Example::label).forEach(labels::add);
        return labels;
    }

    private static Strategy strategy(Learned learned, String label) {
        Learned.Known known = learned.of(label);
        List<Option> options = new ArrayList<>();
        for (Choice.Outlook outlook : Choice.outlooks(learned, label)) {
            options.add(new Option(
                    outlook.act().word(),
                    outlook.act().what(),
                    outlook.on(),
                    outlook.tries(),
                    outlook.tries() == 0 ? OptionalDouble.empty() : OptionalDouble.of(outlook.mean()),
                    outlook.expected()));
        }
        return new Strategy(label, Cases.name(known, label), Naming.opened(label), known.seen(), options);
    }

    @Override
    public List<Case> cases(Optional<String> agent, int limit) {
        return cases.list(agent, limit);
    }

    @Override
    public Case get(long number) {
        return cases.get(number);
    }

    @Override
    public Look look(String agent) {
        if (parts.agents().get(agent).isEmpty()) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND, "no agent is named '" + agent + "'; 'stratoswarm ps' lists those there are");
        }
        Learned learned = ledger.learned();
        Patterns patterns = Patterns.of(witness.now(agent, parts.clock().millis()));
        Verdict verdict = new Naming(parts.model(), parts.settings().confidence())
                .classifier(learned)
                .classify(patterns, "");
        return new Look(
                agent,
                verdict.label(),
                Cases.name(learned.of(verdict.label()), verdict.label()),
                verdict.known(),
                verdict.confidence(),
                verdict.drivers(),
                verdict.probabilities(),
                patterns.values());
    }

    private void known(String label) {
        SortedSet<String> labels = labels(ledger.learned());
        if (!labels.contains(label)) {
            throw new StratoswarmException(
                    Kind.NOT_FOUND, "there is no class '" + label + "'; known are " + String.join(", ", labels));
        }
    }

    private void known(String label, String act) {
        known(label);
        List<Choice.Outlook> outlooks = Choice.outlooks(ledger.learned(), label);
        if (outlooks.stream().noneMatch(outlook -> outlook.act().word().equals(act))) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "'" + act + "' is nothing that is done about " + label + "; there are "
                            + String.join(
                                    ", ",
                                    outlooks.stream()
                                            .map(outlook -> outlook.act().word())
                                            .toList()));
        }
    }

    @Override
    public void turn(String label, String act, boolean on, String actor) {
        known(label, act);
        if (act.equals(Act.WAIT.word())) {
            throw new StratoswarmException(Kind.INVALID, "'wait' is what is left where nothing else may be done");
        }
        ledger.edited(
                LearnedFold.EDITED,
                actor,
                Payload.object().put("class", label).put("act", act).put("on", on));
    }

    @Override
    public void expect(String label, String act, double reward, String actor) {
        known(label, act);
        if (!(reward >= 0 && reward <= 1)) {
            throw new StratoswarmException(Kind.INVALID, "a reward is a number from 0 to 1, not " + reward);
        }
        ledger.edited(
                LearnedFold.EDITED,
                actor,
                Payload.object().put("class", label).put("act", act).put("expected", reward));
    }

    @Override
    public void name(String label, String name, String actor) {
        known(label);
        if (name.isBlank() || name.length() > 60) {
            throw new StratoswarmException(Kind.INVALID, "a name has from 1 to 60 characters");
        }
        ledger.edited(
                LearnedFold.NAMED, actor, Payload.object().put("class", label).put("name", name));
    }

    @Override
    public void reset(String label, String actor) {
        if (!label.isEmpty()) {
            known(label);
        }
        ledger.edited(LearnedFold.RESET, actor, Payload.object().put("class", label));
    }

    @Override
    public void pause(String reason, String actor) {
        ledger.edited(Ledger.PAUSED, actor, Payload.object().put("reason", reason.isBlank() ? "by " + actor : reason));
    }

    @Override
    public void resume(String actor) {
        ledger.edited(Ledger.RESUMED, actor, Payload.object());
    }

    @Override
    public List<Script> scripts() {
        return StrategyText.scripts(room.standings());
    }

    @Override
    public List<Estimate> validate(String label) {
        known(label);
        return StrategyText.estimates(room.validation().of(label, ledger.learned()));
    }

    @Override
    public long tryOnClone(String label, Optional<String> agent, String actor) {
        known(label);
        return clones.begin(label, agent, actor);
    }

    @Override
    public List<CloneTrial> clones(Optional<String> label) {
        label.ifPresent(this::known);
        return clones.of(label);
    }

    @Override
    public void trial(String script, String actor) {
        room.trials().again(script, actor);
    }

    @Override
    public void promote(String script, String actor) {
        room.trials().promote(script, actor);
    }

    @Override
    public void revert(String script, String actor) {
        room.trials().revert(script, actor);
    }
}
