package io.stratoswarm.audit.compliance;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.audit.rule.CelCondition;
import io.stratoswarm.audit.rule.Rule;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A rule in force, and what has come of looking at it. */
final class LiveRule {
    final String pack;
    final String sha256;
    final Rule rule;
    private final Map<String, Object> parameters;
    private final AtomicLong looked = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile String lastFailure = "";

    LiveRule(String pack, String sha256, Rule rule, Map<String, Object> parameters) {
        this.pack = pack;
        this.sha256 = sha256;
        this.rule = rule;
        this.parameters = parameters;
    }

    String id() {
        return pack + "/" + rule.name();
    }

    enum Verdict {
        HOLDS,
        BROKEN,
        /** It could not be said; {@link LiveRule#lastFailure} says why. */
        FAILED
    }

    /** @param values what the rule is about, by name, and {@code now} */
    Verdict look(Map<String, Object> values) {
        Map<String, Object> all = new java.util.HashMap<>(values);
        all.put("parameters", parameters);
        looked.incrementAndGet();
        try {
            for (CelCondition when : rule.when().stream().toList()) {
                if (!when.test(all)) {
                    return Verdict.HOLDS;
                }
            }
            if (rule.require().test(all)) {
                return Verdict.HOLDS;
            }
            broken.incrementAndGet();
            return Verdict.BROKEN;
        } catch (StratoswarmException e) {
            failed.incrementAndGet();
            lastFailure = String.valueOf(e.getMessage());
            return Verdict.FAILED;
        }
    }

    long looked() {
        return looked.get();
    }

    long broken() {
        return broken.get();
    }

    long failed() {
        return failed.get();
    }

    String lastFailure() {
        return lastFailure;
    }
}
