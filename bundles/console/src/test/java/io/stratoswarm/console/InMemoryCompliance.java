package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.audit.Compliance;
import java.util.List;

/** One pack, and one thing that breaks a rule of it. */
final class InMemoryCompliance implements Compliance {
    private boolean enabled;

    private Pack pack() {
        return new Pack(
                "four-eyes",
                "two people",
                "/x/four-eyes.yaml",
                "ab12",
                true,
                enabled,
                List.of(),
                List.of(new RuleStatus("deletion", "decision", "approve", "high", "ask", 3, 2, 1, "no such key: x")));
    }

    @Override
    public List<Pack> packs() {
        return List.of(pack());
    }

    @Override
    public List<Violation> open() {
        return List.of(new Violation("limits/restarts", "shop/web", "too many", "low", 1_000, 9));
    }

    @Override
    public Pack enable(String name, boolean on, String actor) {
        if (!name.equals("four-eyes")) {
            throw new StratoswarmException(Kind.NOT_FOUND, "there is no pack of rules '" + name + "'");
        }
        enabled = on;
        return pack();
    }

    @Override
    public List<String> check(String file, byte[] text) {
        return text.length == 0 ? List.of(file + ":1:1: the file is empty") : List.of();
    }
}
