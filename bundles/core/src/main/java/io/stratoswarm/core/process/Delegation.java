package io.stratoswarm.core.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Hands controllers of a version 2 group on to its children. A group that is not the root can do so only once it holds no
 * process itself, so the daemon moves into a leaf of its own where it is alone in its group, as under systemd with
 * {@code Delegate=yes}. Processes of others are never moved.
 */
final class Delegation {
    /** The leaf that the daemon moves into. */
    static final String LEAF = "stratoswarm-daemon";

    private Delegation() {}

    static void enable(Path group, String controller) throws IOException {
        Path control = group.resolve("cgroup.subtree_control");
        if (List.of(Files.readString(control).trim().split(" ")).contains(controller)) {
            return;
        }
        if (Files.exists(group.resolve("cgroup.type"))) {
            leave(group);
        }
        Files.writeString(control, "+" + controller);
    }

    private static void leave(Path group) throws IOException {
        List<String> members = Files.readAllLines(group.resolve("cgroup.procs"));
        if (members.isEmpty()) {
            return;
        }
        String self = Long.toString(ProcessHandle.current().pid());
        List<String> others = members.stream().filter(pid -> !pid.equals(self)).toList();
        if (!others.isEmpty()) {
            throw new IOException("the group " + group + " also holds processes that are not this daemon's: "
                    + String.join(" ", others.subList(0, Math.min(5, others.size()))));
        }
        Files.createDirectories(group.resolve(LEAF));
        Files.writeString(group.resolve(LEAF).resolve("cgroup.procs"), self);
    }
}
