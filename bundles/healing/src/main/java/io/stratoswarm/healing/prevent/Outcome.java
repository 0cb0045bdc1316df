package io.stratoswarm.healing.prevent;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What came of a prediction. The order is part of what is kept. */
enum Outcome {
    /** It failed within the horizon, and nothing had been done. */
    HIT,
    /** It did not fail within the horizon, and nothing had been done. */
    FALSE_ALARM,
    /** Something was done and it did not fail. Whether it would have is not known, so it counts as neither. */
    PREVENTED,
    FAILED_ANYWAY,
    /** It cannot be told any more: somebody stopped or restarted it, or it is gone. */
    VOID;

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Outcome> of(String word) {
        return Stream.of(values()).filter(each -> each.word().equals(word)).findFirst();
    }
}
