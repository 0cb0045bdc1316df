package io.stratoswarm.core.decision;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.decision.DecisionGate.Finding;
import io.stratoswarm.api.decision.Decisions;
import io.stratoswarm.api.decision.Ruling;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the rules said to a decision, as it stands in the decision's context. */
record Judgement(Ruling ruling, List<Finding> findings, long validNanos) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** For how long an approval may be given and used. */
    static final long VALID_NANOS = 24 * 3_600 * 1_000_000_000L;

    Judgement {
        findings = List.copyOf(findings);
    }

    static Judgement of(List<Finding> findings) {
        Ruling strictest =
                findings.stream().map(Finding::ruling).max(Ruling::compareTo).orElse(Ruling.ALLOW);
        return new Judgement(strictest, findings, VALID_NANOS);
    }

    /** From the payload of a decision; one from before decisions were judged was allowed. */
    static Judgement of(JsonNode decision) {
        JsonNode text = decision.path("systemContext").path(Decisions.CONTEXT_RULING);
        if (text.isMissingNode()) {
            return of(List.of());
        }
        JsonNode json = Approvals.json(text.asText().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        List<Finding> findings = new ArrayList<>();
        for (JsonNode each : json.path("findings")) {
            findings.add(new Finding(
                    each.path("rule").asText(),
                    ruling(each.path("ruling").asText()),
                    each.path("message").asText()));
        }
        return new Judgement(
                ruling(json.path("ruling").asText()),
                findings,
                json.path("validNanos").asLong());
    }

    private static Ruling ruling(String word) {
        return switch (word) {
            case "approve" -> Ruling.APPROVE;
            case "deny" -> Ruling.DENY;
            default -> Ruling.ALLOW;
        };
    }

    private static String word(Ruling ruling) {
        return ruling.name().toLowerCase(Locale.ROOT);
    }

    String json() {
        ObjectNode json = JSON.createObjectNode().put("ruling", word(ruling));
        if (ruling == Ruling.APPROVE) {
            json.put("validNanos", validNanos);
        }
        if (!findings.isEmpty()) {
            ArrayNode all = json.putArray("findings");
            findings.forEach(finding -> all.addObject()
                    .put("rule", finding.rule())
                    .put("ruling", word(finding.ruling()))
                    .put("message", finding.message()));
        }
        return json.toString();
    }

    /** Of findings that did not allow, one line each. */
    List<String> reasons() {
        return findings.stream()
                .filter(finding -> finding.ruling() != Ruling.ALLOW)
                .map(finding -> finding.rule() + ": " + finding.message())
                .toList();
    }
}
