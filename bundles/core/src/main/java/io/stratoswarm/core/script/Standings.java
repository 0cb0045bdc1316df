package io.stratoswarm.core.script;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.script.ScriptHeader;
import io.stratoswarm.core.script.Entry.State;
import io.stratoswarm.core.script.ScriptLedger.Good;
import io.stratoswarm.core.script.ScriptLedger.Known;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the journal says of each script, kept at hand; and everything that is written there about one. */
final class Standings {
    private static final Logger LOG = LoggerFactory.getLogger(Standings.class);

    private final ScriptLedger ledger;
    private final Map<String, Known> known = new TreeMap<>();

    Standings(ScriptLedger ledger) {
        this.ledger = ledger;
    }

    Known of(String name) {
        return known.computeIfAbsent(name, ledger::known);
    }

    Optional<Good> lastGoodOf(String file) {
        return ledger.lastGoodOf(file);
    }

    /** Whether it may run; else it is left in the state that says why not. */
    boolean mayRun(Entry entry) {
        Known of = of(entry.name);
        switch (of.standing()) {
            case ScriptLedger.DISABLED -> entry.is(State.DISABLED, "disabled by " + of.actor());
            case ScriptLedger.QUARANTINED -> entry.is(State.QUARANTINED, of.reason());
            case ScriptLedger.ENABLED -> {
                return true;
            }
            default -> {
                if (!entry.shipped) {
                    return true;
                }
                entry.is(
                        State.DISABLED,
                        "comes with the distribution and is off until 'stratoswarm scripts enable " + entry.name + "'");
            }
        }
        return false;
    }

    /** @param type enabled, disabled or quarantined */
    void stand(Entry entry, String type, String actor, String reason) {
        Version version = entry.running;
        String hash = version == null ? entry.file.hash() : version.hash();
        ledger.standing(type, entry.name, entry.path.toString(), hash, actor, reason);
        known.remove(entry.name);
    }

    /** Once for each text, also across restarts. */
    void loaded(Entry entry, Version version) {
        Known of = of(entry.name);
        boolean recorded = of.loaded()
                && of.good()
                        .filter(good -> good.hash().equals(version.hash())
                                && good.file().equals(entry.path.toString()))
                        .isPresent();
        if (!recorded) {
            ScriptHeader header = version.header();
            Version before = entry.running;
            ledger.loaded(
                    entry.name,
                    header.kind(),
                    header.language(),
                    entry.path.toString(),
                    version.hash(),
                    before == null ? "" : before.hash());
            known.remove(entry.name);
        }
    }

    void unloaded(Entry entry, Version version, String why) {
        String name = version.header().name();
        remember(name, () -> ledger.unloaded(name, entry.path.toString(), version.hash(), why));
    }

    /** Once for each text, also across restarts. */
    void refused(Entry entry, String problem) {
        String hash = entry.file.hash();
        if (!of(entry.name).refused().equals(hash)) {
            remember(entry.name, () -> ledger.refused(entry.name, entry.path.toString(), hash, problem));
        }
    }

    /** What only makes less run takes effect even when the journal cannot say so. */
    void remember(String name, Runnable record) {
        try {
            record.run();
        } catch (StratoswarmException e) {
            LOG.error("what was decided about script {} could not be recorded: {}", name, e.getMessage(), e);
        }
        known.remove(name);
    }
}
