package io.stratoswarm.audit.compliance;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Ruling;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.audit.rule.Rule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a rule does where it does not hold, as a decision like any other: recorded first, judged by the other rules, with its outcome. */
final class Remedies {
    private static final Logger LOG = LoggerFactory.getLogger(Remedies.class);
    private final Decisions decisions;
    private final Supplier<Optional<Agents>> agents;
    private final Supplier<Optional<Graphs>> graphs;

    Remedies(Decisions decisions, Supplier<Optional<Agents>> agents, Supplier<Optional<Graphs>> graphs) {
        this.decisions = decisions;
        this.agents = agents;
        this.graphs = graphs;
    }

    /**
     * @param why what the rule found
     * @param about the agent to stop, or the graph to take back to the generation before
     * @param violation sequence of the event that told it
     */
    void act(LiveRule live, String why, String about, Cause.OfEvent violation) {
        Rule.Action action = live.rule.action();
        if (action != Rule.Action.QUARANTINE && action != Rule.Action.ROLLBACK) {
            return;
        }
        String actor = "rule:" + live.id();
        DecisionOrigin origin = new DecisionOrigin(Told.SOURCE, "rule/" + live.id(), actor, List.of(violation));
        Decisions.Made made = decisions.decide(
                new DecisionRecorded(
                        "rule/" + live.id() + "/" + violation.sequence(),
                        about,
                        action.word(),
                        Map.of(
                                "rule", '"' + live.id() + '"',
                                "sha256", '"' + live.sha256 + '"',
                                "violation", String.valueOf(violation.sequence())),
                        List.of("alert only"),
                        why,
                        1,
                        Map.of()),
                origin);
        if (made.ruling() != Ruling.ALLOW || made.repeated()) {
            return;
        }
        try {
            decisions.outcome(made, origin, done(action, about, actor), true);
        } catch (StratoswarmException e) {
            LOG.warn("rule {}: {} of {} was not done: {}", live.id(), action.word(), about, e.getMessage());
            decisions.outcome(made, origin, String.valueOf(e.getMessage()), false);
        }
    }

    private String done(Rule.Action action, String about, String actor) {
        if (action == Rule.Action.QUARANTINE) {
            Agents known = agents.get().orElseThrow(() -> missing("supervisor of agents"));
            return "stopped until somebody starts it: " + String.join(", ", Wait.on(known.stop(about, actor)));
        }
        Graphs known = graphs.get().orElseThrow(() -> missing("supervisor of graphs"));
        Graphs.Applied applied = Wait.on(known.rollback(about, OptionalLong.empty(), OptionalLong.empty(), actor));
        return "graph " + applied.name() + " is generation " + applied.generation() + ", as it was before";
    }

    private static StratoswarmException missing(String what) {
        return new StratoswarmException(Kind.UNAVAILABLE, "the " + what + " is not there");
    }
}
