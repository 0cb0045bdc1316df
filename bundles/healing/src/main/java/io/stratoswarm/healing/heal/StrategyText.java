package io.stratoswarm.healing.heal;

import io.stratoswarm.api.healing.Healing;
import io.stratoswarm.healing.trial.Estimate;
import io.stratoswarm.healing.trial.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Scripts and estimates as others see them. */
final class StrategyText {
    private StrategyText() {}

    static List<Healing.Script> scripts(SortedMap<String, Standing> standings) {
        List<Healing.Script> all = new ArrayList<>();
        standings.forEach((name, standing) -> {
            if (standing.off()) {
                return;
            }
            Standing.Version shown = standing.trial().hash().isEmpty() ? standing.active() : standing.trial();
            all.add(new Healing.Script(
                    name,
                    standing.label(),
                    standing.active().hash(),
                    standing.trial().hash(),
                    shown.stage().word(),
                    shown.reason(),
                    shown.figures(),
                    shown.seen().size()));
        });
        return all;
    }

    static List<Healing.Estimate> estimates(Map<String, Estimate> estimates) {
        List<Healing.Estimate> all = new ArrayList<>();
        estimates.forEach((policy, each) -> all.add(new Healing.Estimate(
                policy,
                Healer.rounded(each.value()),
                Healer.rounded(Math.clamp(each.low(), 0, 1)),
                Healer.rounded(Math.clamp(each.high(), 0, 1)),
                each.cases(),
                each.matched(),
                Healer.rounded(each.effective()),
                Healer.rounded(each.modelled()))));
        return all;
    }
}
