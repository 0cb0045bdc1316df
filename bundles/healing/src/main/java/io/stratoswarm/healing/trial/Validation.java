package io.stratoswarm.healing.trial;

import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Choice;
import io.stratoswarm.healing.strategy.Learned;
import io.stratoswarm.healing.strategy.Situation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What is expected now, against what would be without anything learned, in recorded cases of a class. */
public final class Validation {
    /** What was really done. */
    public static final String DONE = "what was done";

    private final PastCases past;

    Validation(PastCases past) {
        this.past = past;
    }

    /**
     * By the name of a way to choose: {@link #DONE}, {@code learned} (the act that is expected to bring most, by all that was learned up to now,
     * these cases among it), {@code restart} (always, where it was possible, else to wait) and {@code wait} (always).
     */
    public Map<String, Estimate> of(String label, Learned learned) {
        List<PastCase> cases = past.of(label::equals);
        OffPolicy log = new OffPolicy(cases);
        Map<String, Estimate> all = new LinkedHashMap<>();
        all.put(DONE, log.value(choices(cases, PastCase::act)));
        all.put("learned", log.value(choices(cases, each -> greedy(each, learned))));
        all.put(
                Act.RESTART.word(),
                log.value(choices(cases, each -> possible(each, Act.RESTART) ? Act.RESTART.word() : Act.WAIT.word())));
        all.put(Act.WAIT.word(), log.value(choices(cases, each -> Act.WAIT.word())));
        return all;
    }

    private static List<String> choices(List<PastCase> cases, Function<PastCase, String> of) {
        List<String> choices = new ArrayList<>();
        cases.forEach(each -> choices.add(of.apply(each)));
        return choices;
    }

    private static boolean possible(PastCase of, Act act) {
        return of.options().containsKey(act.word());
    }

    private static String greedy(PastCase of, Learned learned) {
        return Choice.of(learned, of.label(), Situation.of(of.numbers()), act -> possible(of, act)).options().stream()
                .max(Comparator.comparingDouble(Choice.Option::expected)
                        .thenComparing(Choice.Option::act, Comparator.reverseOrder()))
                .map(option -> option.act().word())
                .orElse(Act.WAIT.word());
    }
}
