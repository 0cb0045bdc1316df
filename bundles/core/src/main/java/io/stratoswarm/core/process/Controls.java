package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.AgentControls.Outcome;
import io.stratoswarm.api.agent.AgentSpec.Resources;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.core.linux.Errno;
import io.stratoswarm.core.linux.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out controls on the processes of one incarnation. See {@link io.stratoswarm.api.agent.AgentControls}. */
final class Controls {
    /** New threads and processes inherit what their makers have; those that were made meanwhile are found by another pass. */
    private static final int PASSES = 10;

    /**
     * Whose processes.
     *
     * @param sessions of its keepers
     * @param keeper spared, with what it has forked ahead for the next start
     * @param declared its limits
     */
    record Target(AgentFolder folder, Set<Integer> sessions, int keeper, int main, String mark, Resources declared) {}

    private static final Logger LOG = LoggerFactory.getLogger(Controls.class);

    private final HostContext context;
    private final Target target;

    Controls(HostContext context, Target target) {
        this.context = context;
        this.target = target;
    }

    Outcome apply(Control control) {
        return switch (control) {
            case Control.Nice nice -> nice(nice.value());
            case Control.Affinity affinity ->
                onThreads(
                        thread -> Linux.affinity(thread, affinity.cpus()),
                        this::processors,
                        list(affinity.cpus()),
                        "processors");
            case Control.Throttle throttle -> throttle(throttle.cores());
            case Control.Reclaim reclaim ->
                new Reclaiming(context, target.folder().name(), this::processes).reclaim(reclaim.bytes());
        };
    }

    private Outcome nice(int value) {
        Outcome outcome =
                onThreads(thread -> Linux.niceness(thread, value), this::niceness, Integer.toString(value), "niceness");
        if (outcome.done()) {
            processes().forEach(pid -> session(pid, value));
        }
        return outcome;
    }

    /**
     * Where the scheduler groups by session (sched(7), autogroup) a niceness counts among the processes of one session alone, and that of
     * the session counts among agents. Most servers have no such groups.
     */
    private static void session(int pid, int value) {
        Path group = Path.of("/proc", Integer.toString(pid), "autogroup");
        try {
            if (Files.exists(group)) {
                Files.writeString(group, Integer.toString(value));
            }
        } catch (IOException e) {
            LOG.debug("the session of process {} keeps its niceness", pid, e);
        }
    }

    /** All that live and are the agent's, but what its keeper holds ready for the next start. */
    private List<Integer> processes() {
        return context.sweeper().find(target.folder(), target.sessions(), target.keeper(), target.mark()).stream()
                .filter(pid -> pid == target.main()
                        || context.proc().stat(pid).stream().anyMatch(stat -> stat.parent() != target.keeper()))
                .toList();
    }

    private Outcome onThreads(IntUnaryOperator change, Function<Path, String> read, String wanted, String what) {
        String before = read.apply(Path.of("/proc", Integer.toString(target.main())));
        Set<Integer> done = new HashSet<>();
        int error = 0;
        boolean more = true;
        for (int pass = 0; pass < PASSES && more; pass++) {
            more = false;
            for (Path task : tasks()) {
                int thread = Integer.parseInt(task.getFileName().toString());
                if (done.add(thread)) {
                    more = true;
                    int result = change.applyAsInt(thread);
                    if (result < 0 && -result != Errno.ESRCH) {
                        error = -result;
                    }
                }
            }
        }
        if (done.isEmpty()) {
            return Outcome.unavailable(HostedAgent.ENDED);
        }
        // What counts is what the kernel says: a cpuset may leave less than what was asked for.
        TreeSet<String> found = new TreeSet<>();
        tasks().forEach(task -> found.add(read.apply(task)));
        found.remove("");
        String after = found.size() == 1 ? found.first() : String.join(" and ", found);
        String count = done.size() == 1 ? "1 thread" : done.size() + " threads";
        if (after.equals(wanted)) {
            return new Outcome(true, what + " " + wanted + " for " + count, before, after);
        }
        String why = error != 0 ? Errno.text(error) : "its cpuset or its user's limits leave no more";
        return new Outcome(false, what + " " + wanted + " for " + count + ": " + why, before, after);
    }

    private List<Path> tasks() {
        return processes().stream()
                .flatMap(pid -> children(Path.of("/proc", Integer.toString(pid), "task")).stream())
                .toList();
    }

    private static List<Path> children(Path folder) {
        try (var all = Files.list(folder)) {
            return all.toList();
        } catch (IOException gone) {
            return List.of();
        }
    }

    /** Empty where the thread is gone. */
    private String niceness(Path task) {
        try {
            String text = Files.readString(task.resolve("stat"), java.nio.charset.StandardCharsets.ISO_8859_1);
            return text.substring(text.lastIndexOf(')') + 2).split(" ")[16];
        } catch (IOException gone) {
            return "";
        }
    }

    private String processors(Path task) {
        try (var lines = Files.lines(task.resolve("status"), java.nio.charset.StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .map(line -> line.substring("Cpus_allowed_list:".length()).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException | java.io.UncheckedIOException gone) {
            return "";
        }
    }

    /** As the kernel writes lists of processors: {@code 0-3,8}. */
    static String list(Collection<Integer> cpus) {
        StringBuilder text = new StringBuilder();
        TreeSet<Integer> rest = new TreeSet<>(cpus);
        while (!rest.isEmpty()) {
            int first = rest.removeFirst();
            int last = first;
            while (rest.remove(last + 1)) {
                last++;
            }
            text.append(text.isEmpty() ? "" : ",").append(first);
            if (last > first) {
                text.append('-').append(last);
            }
        }
        return text.toString();
    }

    private Outcome throttle(double cores) {
        String name = target.folder().name();
        try {
            Footprints.Group group = context.cgroups().open("cpu", name);
            String before = quota(group);
            Optional<Double> limit = cores == 0 ? target.declared().cpuCores() : Optional.of(cores);
            Cgroups.write(
                    group.folder(),
                    group.version(),
                    "cpu",
                    limit.map(value -> Math.round(value * Cgroups.CPU_PERIOD_MICROS)));
            String left = limit.isPresent() ? outside(group.folder()) : "";
            String after = quota(group);
            if (!left.isEmpty()) {
                return new Outcome(false, "processes " + left + " cannot be moved to " + group.folder(), before, after);
            }
            String detail = limit.isEmpty()
                    ? "no limit of processor time"
                    : "at most " + after + " cores" + (cores == 0 ? ", as declared" : "");
            return new Outcome(true, detail, before, after);
        } catch (IOException e) {
            return Outcome.unavailable("processor time cannot be limited: " + Cgroups.reason(e));
        }
    }

    /** Moves all that are not in the group into it; names those that do not go. */
    private String outside(Path group) {
        Path procs = group.resolve("cgroup.procs");
        Set<Integer> refused = new TreeSet<>();
        for (int pass = 0; pass < PASSES; pass++) {
            Set<Integer> inside = members(procs);
            List<Integer> missing = processes().stream()
                    .filter(pid -> !inside.contains(pid) && !refused.contains(pid))
                    .toList();
            if (missing.isEmpty()) {
                break;
            }
            for (int pid : missing) {
                try {
                    Files.writeString(procs, Integer.toString(pid));
                } catch (IOException e) {
                    refused.add(pid);
                }
            }
        }
        return processes().stream()
                .filter(refused::contains)
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
    }

    private static Set<Integer> members(Path procs) {
        try {
            return Files.readAllLines(procs).stream().map(Integer::valueOf).collect(Collectors.toSet());
        } catch (IOException gone) {
            return Set.of();
        }
    }

    /** A number of cores, or max. */
    private static String quota(Footprints.Group group) throws IOException {
        String[] words = group.version() == 2
                ? Files.readString(group.folder().resolve("cpu.max")).strip().split(" ")
                : new String[] {
                    Files.readString(group.folder().resolve("cpu.cfs_quota_us")).strip(),
                    Files.readString(group.folder().resolve("cpu.cfs_period_us"))
                            .strip()
                };
        return words[0].equals("max") || words[0].startsWith("-")
                ? "max"
                : java.math.BigDecimal.valueOf(Long.parseLong(words[0]))
                        .divide(
                                java.math.BigDecimal.valueOf(Long.parseLong(words[1])),
                                3,
                                java.math.RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString();
    }
}
