package io.stratoswarm.healing.prevent;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was foreseen and not prevented, with the reason: an event, a line in the log, and a count; once for each reason. */
final class Withholding {
    private static final Logger LOG = LoggerFactory.getLogger(Withholding.class);

    private final PredictionLedger ledger;
    private final SortedMap<String, Long> counts = new TreeMap<>();
    private final Map<Long, String> last = new HashMap<>();

    Withholding(PredictionLedger ledger) {
        this.ledger = ledger;
    }

    /** @param word by which it is counted @param measure empty where there is none */
    synchronized void add(Predicted.Open open, String measure, String word, String why) {
        if (word.equals(last.put(open.number(), word))) {
            return;
        }
        ledger.append(
                PredictionFold.WITHHELD,
                open.number(),
                word,
                PredictionLedger.object()
                        .put("prediction", open.number())
                        .put("agent", open.agent())
                        .put("cause", open.cause())
                        .put("measure", measure)
                        .put("because", word)
                        .put("why", why));
        LOG.info("prediction {}: nothing is done about {} ({}): {}", open.number(), open.agent(), open.cause(), why);
        counts.merge(word, 1L, Long::sum);
    }

    synchronized void forget(long number) {
        last.remove(number);
    }

    synchronized SortedMap<String, Long> counts() {
        return new TreeMap<>(counts);
    }
}
