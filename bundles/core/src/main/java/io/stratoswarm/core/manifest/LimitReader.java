package io.stratoswarm.core.manifest;

import io.stratoswarm.api.agent.AgentSpec.Resources;
import io.stratoswarm.api.agent.AgentSpec.Rlimit;
import io.stratoswarm.api.graph.GraphTree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads limits: umask, rlimits, cgroup resources, affinity. */
final class LimitReader {
    private static final Pattern UMASK = Pattern.compile("0?[0-7]{1,3}");
    private static final long UNLIMITED = -1;
    private static final double MIN_CPU = 0.01;
    private static final double MAX_CPU = Units.MAX_CPUS;
    private static final long MAX_PIDS = 4_194_304;

    private final Problems problems;
    private final HostChecks host;

    LimitReader(Problems problems, HostChecks host) {
        this.problems = problems;
        this.host = host;
    }

    OptionalInt umask(Fields node) {
        Optional<String> text = node.text("umask");
        if (text.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!UMASK.matcher(text.get()).matches()) {
            problems.error(
                    node.place("umask"),
                    "'umask' must be an octal number in quotes such as \"022\", not \"" + Problems.clip(text.get(), 20)
                            + "\"");
            return OptionalInt.empty();
        }
        return OptionalInt.of(Integer.parseInt(text.get(), 8));
    }

    Map<String, Rlimit> rlimits(Fields node) {
        Map<String, Rlimit> found = new LinkedHashMap<>();
        node.object("rlimits").ifPresent(object -> {
            Fields fields = new Fields(problems, object, "rlimits", Keys.RLIMIT_NAMES);
            for (String name : Keys.RLIMIT_NAMES) {
                fields.value(name)
                        .flatMap(value -> rlimit(fields, name, value))
                        .ifPresent(limit -> found.put(name, limit));
            }
        });
        return found;
    }

    private Optional<Rlimit> rlimit(Fields fields, String name, GraphTree value) {
        if (!(value instanceof GraphTree.Obj object)) {
            OptionalLong both = amount(fields, name, value);
            return both.isPresent() ? Optional.of(new Rlimit(both.getAsLong(), both.getAsLong())) : Optional.empty();
        }
        Fields pair = new Fields(problems, object, "an rlimit", Keys.RLIMIT);
        pair.require("soft", "1024");
        pair.require("hard", "4096 or \"unlimited\"");
        OptionalLong soft = pair.value("soft").map(v -> amount(pair, "soft", v)).orElse(OptionalLong.empty());
        OptionalLong hard = pair.value("hard").map(v -> amount(pair, "hard", v)).orElse(OptionalLong.empty());
        if (soft.isEmpty() || hard.isEmpty()) {
            return Optional.empty();
        }
        Rlimit limit = new Rlimit(soft.getAsLong(), hard.getAsLong());
        boolean over = limit.hard() != UNLIMITED && (limit.soft() == UNLIMITED || limit.soft() > limit.hard());
        if (over) {
            problems.error(pair.place("soft"), "the soft limit of '" + name + "' must not exceed its hard limit");
            return Optional.empty();
        }
        return Optional.of(limit);
    }

    private static OptionalLong amount(Fields fields, String key, GraphTree value) {
        if (value instanceof GraphTree.Text text && text.value().equals("unlimited")) {
            return OptionalLong.of(UNLIMITED);
        }
        if (value instanceof GraphTree.Num) {
            return fields.integer(key, value, 0, Long.MAX_VALUE);
        }
        return fields.measured(key, value, Units::size, 0, "a whole number, a size such as \"64MiB\" or \"unlimited\"");
    }

    Resources resources(Fields node) {
        Optional<GraphTree.Obj> object = node.object("resources");
        if (object.isEmpty()) {
            return Resources.NONE;
        }
        Fields fields = new Fields(problems, object.get(), "resources", Keys.RESOURCES);
        Optional<Double> cpu = fields.decimal("cpu", MIN_CPU, MAX_CPU);
        cpu.ifPresent(cores -> host.cpu(fields.place("cpu"), cores));
        OptionalLong memory = fields.size("memory", 1);
        memory.ifPresent(bytes -> host.memory(fields.place("memory"), bytes));
        return new Resources(cpu, memory, fields.integer("pids", 1, MAX_PIDS));
    }

    List<Integer> affinity(Fields node) {
        Optional<GraphTree> value = node.value("affinity");
        if (value.isEmpty()) {
            return List.of();
        }
        Optional<List<Integer>> given = switch (value.get()) {
            case GraphTree.Text text -> Units.processors(text.value());
            case GraphTree.Arr array -> numbers(node, array);
            default -> Optional.empty();
        };
        if (given.isEmpty() && !(value.get() instanceof GraphTree.Arr)) {
            problems.error(
                    value.get().place(),
                    "'affinity' must be processor numbers such as [0, 1] or \"0-3,6\", from 0 to "
                            + (Units.MAX_CPUS - 1));
        }
        Set<Integer> unique = new LinkedHashSet<>(given.orElse(List.of()));
        if (given.isPresent() && unique.isEmpty()) {
            problems.error(value.get().place(), "'affinity' names no processor; leave it out for all");
        } else if (given.isPresent()) {
            host.affinity(value.get().place(), unique);
        }
        return List.copyOf(unique);
    }

    private static Optional<List<Integer>> numbers(Fields node, GraphTree.Arr array) {
        List<Integer> found = new ArrayList<>();
        boolean good = true;
        for (GraphTree item : array.items()) {
            OptionalLong number = node.integer("affinity", item, 0, Units.MAX_CPUS - 1);
            good &= number.isPresent();
            number.ifPresent(cpu -> found.add((int) cpu));
        }
        return good ? Optional.of(found) : Optional.empty();
    }
}
