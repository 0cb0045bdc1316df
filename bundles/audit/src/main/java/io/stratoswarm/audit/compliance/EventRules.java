package io.stratoswarm.audit.compliance;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.Reactor;
import io.stratoswarm.audit.rule.CelView;
import io.stratoswarm.audit.rule.Rule;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The rules on events; and tells which rules a decision has broken, since those are in its event. */
final class EventRules implements Reactor {
    private static final String AGENT = "agent/";
    private static final String GRAPH = "graph/";

    private final Supplier<List<LiveRule>> rules;
    private final Alerts alerts;
    private final Remedies remedies;
    private final InstantSource clock;

    EventRules(Supplier<List<LiveRule>> rules, Alerts alerts, Remedies remedies, InstantSource clock) {
        this.rules = rules;
        this.alerts = alerts;
        this.remedies = remedies;
        this.clock = clock;
    }

    @Override
    public String id() {
        return "audit.compliance";
    }

    @Override
    public void on(Event event) {
        if (event.source().equals(Told.SOURCE)) {
            return; // That a rule is broken breaks no rule, or it would never end.
        }
        if (event.type().equals(DecisionRecorded.TYPE)) {
            findings(event);
        }
        Map<String, Object> values = null;
        for (LiveRule live : rules.get()) {
            if (live.rule.on() != Rule.On.EVENT || !live.rule.looksAt(event.type())) {
                continue;
            }
            if (values == null) {
                values = new HashMap<>();
                values.put("event", CelView.event(event));
                values.put("now", clock.instant());
            }
            LiveRule.Look look = live.look(values);
            if (look.verdict() == LiveRule.Verdict.BROKEN) {
                broken(live, look, event);
            }
        }
    }

    private void broken(LiveRule live, LiveRule.Look look, Event event) {
        Optional<Cause.OfEvent> violation = alerts.broken(
                live.id(),
                live.sha256,
                live.rule.severity().word(),
                look.message(),
                "event " + event.sequence() + " " + event.type() + " " + event.subject(),
                false,
                List.of(event.asCause()),
                "rule/" + live.id() + "/event/" + event.sequence());
        String subject = event.subject();
        boolean stop = live.rule.action() == Rule.Action.QUARANTINE && subject.startsWith(AGENT);
        boolean back = live.rule.action() == Rule.Action.ROLLBACK && subject.startsWith(GRAPH);
        if (violation.isPresent() && (stop || back)) {
            remedies.act(live, look.message(), subject.substring(subject.indexOf('/') + 1), violation.get());
        }
    }

    private void findings(Event event) {
        JsonNode payload = Told.payload(event);
        JsonNode ruling = Told.parse(
                payload.path("systemContext").path(Decisions.CONTEXT_RULING).asText("{}"));
        for (JsonNode finding : ruling.path("findings")) {
            String rule = finding.path("rule").asText();
            Optional<LiveRule> live =
                    rules.get().stream().filter(each -> each.id().equals(rule)).findFirst();
            var unused = alerts.broken(
                    rule,
                    live.map(each -> each.sha256).orElse(""),
                    live.map(each -> each.rule.severity().word()).orElse("medium"),
                    finding.path("message").asText(),
                    "decision " + payload.path("id").asText() + " ("
                            + finding.path("ruling").asText() + ")",
                    false,
                    List.of(event.asCause()),
                    "rule/" + rule + "/decision/" + event.sequence());
        }
    }
}
