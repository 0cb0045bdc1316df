package io.stratoswarm.healing.trial;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.healing.script.Answer;
import io.stratoswarm.healing.trial.Standing.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a version of a script what it would have done in recorded cases. Nothing of that is done. */
final class Replay {
    /** So many cases are given to a worker at once. */
    private static final int AT_ONCE = 20;

    private static final long PATIENCE_SECONDS = 60;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Replay() {}

    /**
     * What came of it.
     *
     * @param failed in how many cases it gave no answer
     * @param first what it said in the first of those
     */
    record Result(Estimate value, Estimate gain, int failed, String first) {}

    /** @param seen cases in which its choice is on record already */
    static Result of(LoadedScript script, List<PastCase> cases, List<Seen> seen) {
        Map<Long, String> known = new HashMap<>();
        seen.stream().filter(each -> !each.failed()).forEach(each -> known.put(each.number(), each.would()));
        List<String> choices = new ArrayList<>();
        int failed = 0;
        String first = "";
        for (int from = 0; from < cases.size(); from += AT_ONCE) {
            List<PastCase> some = cases.subList(from, Math.min(cases.size(), from + AT_ONCE));
            List<Answer> answers = answers(script, some);
            for (int i = 0; i < some.size(); i++) {
                PastCase each = some.get(i);
                Answer answer = answers.get(i);
                if (!answer.error().isEmpty()) {
                    failed++;
                    first = first.isEmpty() ? answer.error() : first;
                }
                // Where it leaves a case to what is chosen without it, that is what was done.
                String choice = answer.act().isEmpty() ? each.act() : answer.act();
                choices.add(known.getOrDefault(each.number(), choice));
            }
        }
        OffPolicy log = new OffPolicy(cases);
        return new Result(log.value(choices), log.gain(choices), failed, first);
    }

    private static List<Answer> answers(LoadedScript script, List<PastCase> cases) {
        List<ScriptOutcome> outcomes;
        try {
            outcomes = script.call(
                            "recorded cases",
                            cases.stream().map(PastCase::input).toList())
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new StratoswarmException(
                    Kind.TIMEOUT,
                    "the script " + script.header().name() + " did not answer about recorded cases within "
                            + PATIENCE_SECONDS + " s",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "interrupted before recorded cases were looked at", e);
        }
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            answers.add(Answer.of(outcomes.get(i), possible(cases.get(i))));
        }
        return answers;
    }

    private static List<String> possible(PastCase of) {
        List<String> possible = new ArrayList<>();
        try {
            for (JsonNode act : JSON.readTree(of.input()).path("acts")) {
                possible.add(act.path("act").asText());
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a view that was read is JSON", e);
        }
        return possible;
    }
}
