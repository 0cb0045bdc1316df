package io.stratoswarm.healing.heal;

import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.healing.pattern.Patterns;
import io.stratoswarm.healing.strategy.Act;
import io.stratoswarm.healing.strategy.Learned;
import io.stratoswarm.healing.strategy.Situation;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What acts are judged by: one agent at one moment.
 *
 * @param needed ids of nodes that it needs
 * @param label class of what it has
 * @param names the label, and what people call it
 * @param foreseen whether it runs, and a rule says that it will fail soon
 * @param hangs whether its last process gave no answer from its start on
 * @param proved acts that are known to help against the class
 */
record Sight(
        AgentStatus agent,
        Set<String> needed,
        Patterns patterns,
        Situation situation,
        String label,
        Set<String> names,
        boolean foreseen,
        boolean hangs,
        Set<Act> proved) {
    Sight {
        proved = Set.copyOf(proved);
        needed = Set.copyOf(needed);
        names = Set.copyOf(names);
    }

    static Sight of(
            Learned learned,
            AgentStatus agent,
            Set<String> needed,
            Patterns patterns,
            Situation situation,
            String label,
            boolean foreseen,
            boolean hangs) {
        Learned.Known known = learned.of(label);
        String name = known.name();
        return new Sight(
                agent,
                needed,
                patterns,
                situation,
                label,
                name.isEmpty() ? Set.of(label) : Set.of(label, name),
                foreseen,
                hangs,
                Arrays.stream(Act.values()).filter(known::proved).collect(Collectors.toSet()));
    }
}
