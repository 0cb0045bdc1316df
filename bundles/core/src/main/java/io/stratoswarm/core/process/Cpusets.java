package io.stratoswarm.core.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps agents on processors and NUMA nodes by the cpuset controller, of which cgroup version 1 has a hierarchy of its own. Groups
 * are made when the first agent is confined, so that a host where nothing is placed has none.
 */
final class Cpusets {
    private static final String CPUS = "cpuset.cpus";
    private static final String MEMORY = "cpuset.mems";

    private final @Nullable CgroupTree tree;
    /** Of the version 2 hierarchy the group that all of the data folder's agents are in, else one for this alone. */
    private final @Nullable Path folder;

    private boolean open;

    /** @param name of this data folder's group */
    Cpusets(List<CgroupTree> trees, String name) {
        CgroupTree found = trees.stream()
                .filter(each -> each.controllers().contains("cpuset"))
                .findFirst()
                .orElse(null);
        tree = found;
        folder = found == null ? null : base(found).resolve(name);
    }

    private static Path base(CgroupTree tree) {
        boolean leaf =
                tree.version() == 2 && String.valueOf(tree.own().getFileName()).equals(Delegation.LEAF);
        return leaf ? tree.own().resolveSibling("") : tree.own();
    }

    /**
     * Makes the agent's group, or frees one that is there where nothing is given.
     *
     * @return what its keeper has to join
     */
    synchronized Optional<Path> confine(
            String agent, List<Integer> cpus, List<Integer> memoryNodes, List<String> unavailable) {
        if (tree == null || folder == null) {
            if (!cpus.isEmpty()) {
                unavailable.add("cpuset: no mounted cgroup hierarchy of this process offers the controller cpuset; the"
                        + " affinity alone is set");
            }
            return Optional.empty();
        }
        Path group = folder.resolve(agent);
        if (cpus.isEmpty() && !Files.exists(group.resolve(CPUS))) {
            return Optional.empty();
        }
        try {
            if (!cpus.isEmpty()) {
                open(tree, folder);
                Files.createDirectories(group);
            }
            write(tree, group, MEMORY, memoryNodes);
            write(tree, group, CPUS, cpus);
            return cpus.isEmpty() ? Optional.empty() : Optional.of(group.resolve("cgroup.procs"));
        } catch (IOException e) {
            String reason = "cpuset: " + Cgroups.reason(e);
            unavailable.add(
                    cpus.isEmpty() ? reason + "; it stays where it was" : reason + "; the affinity alone is set");
            return Optional.empty();
        }
    }

    private void open(CgroupTree tree, Path folder) throws IOException {
        if (open) {
            return;
        }
        Files.createDirectories(folder);
        Path base = base(tree);
        if (tree.version() == 2) {
            Delegation.enable(base, "cpuset");
            Files.writeString(folder.resolve("cgroup.subtree_control"), "+cpuset");
        } else {
            // A new group of version 1 has nothing, and takes no process until it has something.
            for (String file : List.of(CPUS, MEMORY)) {
                Files.writeString(folder.resolve(file), Files.readString(base.resolve(file)));
            }
        }
        open = true;
    }

    /** All that the group around has, where no number is given. */
    private static void write(CgroupTree tree, Path group, String file, List<Integer> numbers) throws IOException {
        String text = numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
        if (text.isEmpty()) {
            text = tree.version() == 2 ? "\n" : Files.readString(group.resolveSibling(file));
        }
        Files.writeString(group.resolve(file), text);
    }

    /** Removes the agent's group; false where it still holds a process. */
    boolean remove(String agent) {
        return folder == null || Cgroups.removed(folder.resolve(agent));
    }

    /** Removes the group of the data folder where it holds no agent any more. */
    void removeRoot() {
        if (folder != null) {
            Cgroups.removed(folder);
        }
    }
}
