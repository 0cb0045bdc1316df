package io.stratoswarm.healing.heal;

import io.stratoswarm.healing.pattern.Patterns;
import io.stratoswarm.healing.pattern.Window;
import io.stratoswarm.healing.script.CaseView;
import io.stratoswarm.healing.strategy.Choice;
import io.stratoswarm.healing.strategy.Situation;

/** Brings together what a script is given of a case. */
final class Views {
    private Views() {}

    /**
     * @param possible all acts that are possible
     * @param builtIn what is done where no script names an act
     */
    static CaseView of(
            Failure failure,
            Naming.Named named,
            Window window,
            Patterns patterns,
            Situation situation,
            Choice possible,
            Choice builtIn) {
        return new CaseView(
                failure.number(),
                failure.event().timeNanos(),
                failure.agent(),
                failure.event().type(),
                named.label(),
                named.verdict().known(),
                named.verdict().confidence(),
                named.verdict().drivers(),
                patterns.values(),
                situation,
                window.circumstance().exit(),
                window.circumstance().log(),
                window.circumstance().limits(),
                possible.options(),
                builtIn.chosen());
    }
}
