package io.stratoswarm.audit.compliance;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.audit.rule.Rule;
import io.stratoswarm.audit.rule.Rule.Broken;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A script that is a rule: in force from when it was first good, and until it is disabled or removed, whether it runs now or not. */
final class ScriptRule {
    /** What a first call may take beside its limit, and a batch before it. */
    private static final long MORE_MILLIS = 5_000;

    final String name;
    final String hash;
    final String settings;
    final LiveRule live;
    private final Rule.Action action;
    /** Of the version in force; empty while it does not run. */
    volatile Optional<LoadedScript> script;
    /** Whether the journal says that it is in force. */
    boolean told;
    /** By the monotonic clock, since when there has been no such script; 0 where there is one. */
    long absentSince;

    ScriptRule(String name, String hash, String settings, String description, Optional<LoadedScript> script) {
        this.name = name;
        this.hash = hash;
        this.settings = settings;
        this.script = script;
        ScriptSettings read = ScriptSettings.of(settings, new ArrayList<>());
        action = read.action();
        String message = description.isEmpty() ? "the script '" + name + "' says so" : description;
        live = new LiveRule(
                name,
                hash,
                new Rule(
                        ScriptRules.FUNCTION,
                        read.on(),
                        read.types(),
                        values -> ask(read.on(), values),
                        message,
                        read.action(),
                        read.severity(),
                        read.failsOpen()),
                read.parameters(),
                true);
    }

    private Optional<Broken> ask(Rule.On on, Map<String, ?> values) {
        LoadedScript running = script.orElseThrow(() -> new StratoswarmException(
                Kind.UNAVAILABLE,
                "the script '" + name + "' does not run; 'stratoswarm scripts show " + name + "' tells why"));
        ScriptOutcome outcome = answer(running, ScriptView.trigger(on, values), ScriptView.input(on, values));
        if (!outcome.ok()) {
            throw new StratoswarmException(
                    Kind.UNAVAILABLE,
                    "the script '" + name + "' gave no answer ("
                            + outcome.status().name().toLowerCase(Locale.ROOT) + "): " + outcome.error());
        }
        JsonNode output = Told.parse(outcome.output());
        String message = output.path("message").asText(live.rule.message());
        return switch (output.path("ruling").asText()) {
            case "allow" -> Optional.empty();
            case "approve" -> Optional.of(new Broken(Rule.Action.APPROVE, message));
            case "deny" -> Optional.of(new Broken(Rule.Action.DENY, message));
            case "violation" -> Optional.of(new Broken(on == Rule.On.DECISION ? Rule.Action.ALERT : action, message));
            default ->
                throw new StratoswarmException(
                        Kind.INVALID, "the script '" + name + "' gave an answer of another form: " + outcome.output());
        };
    }

    private ScriptOutcome answer(LoadedScript running, String trigger, String input) {
        long patience = running.header().limits().wallMillis() + MORE_MILLIS;
        try {
            return running.call(trigger, List.of(input))
                    .get(patience, TimeUnit.MILLISECONDS)
                    .getFirst();
        } catch (TimeoutException e) {
            throw new StratoswarmException(
                    Kind.TIMEOUT, "the script '" + name + "' did not answer within " + patience + " ms", e);
        } catch (ExecutionException e) {
            throw new StratoswarmException(
                    Kind.SYSTEM, "the script '" + name + "' could not be asked: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(
                    Kind.UNAVAILABLE, "interrupted before the script '" + name + "' answered", e);
        }
    }
}
