package io.stratoswarm.healing.heal;

import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.healing.strategy.Act;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was chosen and not done, with the reason: an event, a line in the log, and a count. */
final class Withheld {
    static final String TYPE = "HealingWithheld";

    private static final Logger LOG = LoggerFactory.getLogger(Withheld.class);

    private final Ledger ledger;
    private final SortedMap<String, Long> counts = new TreeMap<>();

    Withheld(Ledger ledger) {
        this.ledger = ledger;
    }

    /** @param word by which it is counted */
    void add(long number, String agent, String label, Act act, String word, String why, Cause cause) {
        ledger.append(
                TYPE,
                number,
                "",
                List.of(cause),
                Payload.object()
                        .put("case", number)
                        .put("agent", agent)
                        .put("class", label)
                        .put("act", act.word())
                        .put("because", word)
                        .put("why", why));
        if (act == Act.ASK) {
            LOG.warn("case {}: {} ({}) needs a person: {}", number, agent, label, why);
        } else {
            LOG.info("case {}: {} of {} ({}) is not done: {}", number, act.word(), agent, label, why);
        }
        synchronized (counts) {
            counts.merge(word, 1L, Long::sum);
        }
    }

    SortedMap<String, Long> counts() {
        synchronized (counts) {
            return new TreeMap<>(counts);
        }
    }
}
