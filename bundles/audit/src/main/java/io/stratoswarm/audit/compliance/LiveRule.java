package io.stratoswarm.audit.compliance;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.audit.Compliance.RuleStatus;
import io.stratoswarm.audit.rule.Rule;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A rule in force, and what has come of looking at it. */
final class LiveRule {
    final String pack;
    final String sha256;
    final Rule rule;
    private final Map<String, Object> parameters;
    private final boolean script;
    private final AtomicLong looked = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile String lastFailure = "";
    private volatile boolean failing;

    /** @param script whether it is a script, {@code pack} being its name */
    LiveRule(String pack, String sha256, Rule rule, Map<String, Object> parameters, boolean script) {
        this.pack = pack;
        this.sha256 = sha256;
        this.rule = rule;
        this.parameters = parameters;
        this.script = script;
    }

    String id() {
        return pack + "/" + rule.name();
    }

    boolean isScript(String name) {
        return script && pack.equals(name);
    }

    enum Verdict {
        HOLDS,
        BROKEN,
        /** It could not be said. */
        FAILED,
        /** It could not be said in time, and what is asked next will wait as long. */
        LATE
    }

    /**
     * What has come of looking.
     *
     * @param action where it is broken, what is done about it
     * @param message where it is broken or failed, why
     */
    record Look(Verdict verdict, Rule.Action action, String message) {}

    /** @param values what the rule is about, by name, and {@code now} */
    Look look(Map<String, Object> values) {
        Map<String, Object> all = new HashMap<>(values);
        all.put("parameters", parameters);
        looked.incrementAndGet();
        try {
            Optional<Rule.Broken> found = rule.test().broken(all);
            failing = false;
            if (found.isEmpty()) {
                return new Look(Verdict.HOLDS, rule.action(), "");
            }
            broken.incrementAndGet();
            return new Look(Verdict.BROKEN, found.get().action(), found.get().message());
        } catch (StratoswarmException e) {
            failed.incrementAndGet();
            lastFailure = String.valueOf(e.getMessage());
            failing = true;
            return new Look(e.kind() == Kind.TIMEOUT ? Verdict.LATE : Verdict.FAILED, rule.action(), lastFailure);
        }
    }

    /** Whether it could not be said when it was looked at last. */
    boolean failing() {
        return failing;
    }

    RuleStatus status() {
        return new RuleStatus(
                rule.name(),
                rule.on().word(),
                rule.action().word(),
                rule.severity().word(),
                rule.message(),
                looked.get(),
                broken.get(),
                failed.get(),
                lastFailure);
    }
}
