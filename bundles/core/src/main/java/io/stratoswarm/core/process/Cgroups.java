package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.AgentSpec.Resources;
import io.stratoswarm.api.host.Capability;
import io.stratoswarm.core.linux.ProcFs;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The cgroups of agents: one for each agent in each hierarchy that it needs, below a group of this data folder, below the
 * daemon's own group. Works with version 2, with version 1, with both mounted, and says why where neither can be used.
 *
 * <p>The keeper is a member of its agent's groups, since a process is born into its parent's group while moving one costs
 * milliseconds. So the limit of processes is one higher than declared, and whoever empties a group spares the keeper.
 */
final class Cgroups {
    /** Names of the controllers that limits need. */
    static final List<String> LIMITING = List.of("cpu", "memory", "pids");

    static final long CPU_PERIOD_MICROS = 100_000;

    /** Where groups of one controller can be made, or why not. */
    private record Place(
            @Nullable CgroupTree tree, @Nullable Path folder, String reason) {}

    private final Map<String, Place> places = new LinkedHashMap<>();
    private final Place tracking;
    private final Cpusets cpusets;

    /**
     * @param name of this data folder's group
     */
    Cgroups(List<CgroupTree> trees, String name) {
        for (String controller : LIMITING) {
            places.put(controller, place(trees, controller, name));
        }
        tracking = trackingPlace(trees, name);
        cpusets = new Cpusets(trees, name);
    }

    /** For this process's place in the mounted hierarchies. */
    static Cgroups ofHost(ProcFs proc, String name) throws IOException {
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mountinfo"));
        return new Cgroups(CgroupTree.find(mounts, proc.cgroups("self")), name);
    }

    private static Place place(List<CgroupTree> trees, String controller, String name) {
        for (CgroupTree tree : trees) {
            if (tree.controllers().contains(controller)) {
                return prepare(tree, controller, name);
            }
        }
        return new Place(null, null, "no mounted cgroup hierarchy of this process offers the controller " + controller);
    }

    private static Place trackingPlace(List<CgroupTree> trees, String name) {
        Place refused = new Place(null, null, "no cgroup hierarchy is mounted");
        for (int version = 2; version >= 1; version--) {
            for (CgroupTree tree : trees) {
                if (tree.version() == version) {
                    Place place = prepare(tree, "", name);
                    if (place.folder() != null) {
                        return place;
                    }
                    refused = place;
                }
            }
        }
        return refused;
    }

    private static Place prepare(CgroupTree tree, String controller, String name) {
        Path base = tree.own();
        // After a restart the daemon may find itself in the leaf that an earlier one made.
        if (tree.version() == 2 && String.valueOf(base.getFileName()).equals(Delegation.LEAF)) {
            base = base.resolveSibling("");
        }
        Path folder = base.resolve(name);
        try {
            Files.createDirectories(folder);
            if (tree.version() == 2 && !controller.isEmpty()) {
                Delegation.enable(base, controller);
                Files.writeString(folder.resolve("cgroup.subtree_control"), "+" + controller);
            }
            return new Place(tree, folder, "");
        } catch (IOException e) {
            return new Place(
                    tree,
                    null,
                    "cannot make groups in " + base + " (" + reason(e)
                            + "); run as root, or under systemd with Delegate=yes");
        }
    }

    /** What an agent's keeper has to join, and which declared limits cannot be set. */
    record Membership(List<Path> procs, List<String> unavailable) {}

    /** Processors and NUMA nodes that an agent is kept on; empty for nothing in particular. */
    record Confinement(List<Integer> cpus, List<Integer> memoryNodes) {
        static final Confinement NONE = new Confinement(List.of(), List.of());

        Confinement {
            cpus = List.copyOf(cpus);
            memoryNodes = List.copyOf(memoryNodes);
        }
    }

    /** Makes the agent's groups and sets its limits; limits that are no longer declared are lifted. */
    Membership prepare(String agent, Resources limits, Confinement confinement) {
        List<Path> procs = new ArrayList<>();
        List<String> unavailable = new ArrayList<>();
        if (tracking.folder() != null) {
            join(agent, tracking, procs, unavailable);
        }
        limit(agent, "cpu", limits.cpuCores().map(c -> (long) (c * CPU_PERIOD_MICROS)), procs, unavailable);
        limit(agent, "memory", boxed(limits.memoryBytes()), procs, unavailable);
        limit(agent, "pids", boxed(limits.pids()).map(count -> count + 1), procs, unavailable);
        cpusets.confine(agent, confinement.cpus(), confinement.memoryNodes(), unavailable)
                .ifPresent(procs::add);
        return new Membership(procs.stream().distinct().toList(), unavailable);
    }

    private static Optional<Long> boxed(OptionalLong value) {
        return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
    }

    private void join(String agent, Place place, List<Path> procs, List<String> unavailable) {
        Path group = java.util.Objects.requireNonNull(place.folder()).resolve(agent);
        try {
            Files.createDirectories(group);
            procs.add(group.resolve("cgroup.procs"));
        } catch (IOException e) {
            unavailable.add("cgroup " + group + " cannot be made: " + reason(e));
        }
    }

    private void limit(
            String agent, String controller, Optional<Long> value, List<Path> procs, List<String> unavailable) {
        Place place = place(controller);
        if (place.folder() == null || place.tree() == null) {
            value.ifPresent(v -> unavailable.add("limit of " + controller + ": " + place.reason()));
            return;
        }
        Path group = place.folder().resolve(agent);
        if (value.isEmpty() && !Files.isDirectory(group)) {
            return;
        }
        try {
            Files.createDirectories(group);
            write(group, place.tree().version(), controller, value);
            if (value.isPresent()) {
                procs.add(group.resolve("cgroup.procs"));
            }
        } catch (IOException e) {
            value.ifPresent(v -> unavailable.add("limit of " + controller + " in " + group + ": " + reason(e)));
        }
    }

    /** The agent's group for a controller, made where it is not there yet. */
    Footprints.Group open(String controller, String agent) throws IOException {
        Place place = place(controller);
        if (place.folder() == null || place.tree() == null) {
            throw new IOException(place.reason());
        }
        return new Footprints.Group(
                place.tree().version(), Files.createDirectories(place.folder().resolve(agent)));
    }

    /** @param value a limit, for the controller cpu in microseconds of each {@link #CPU_PERIOD_MICROS}; none where it is empty */
    static void write(Path group, int version, String controller, Optional<Long> value) throws IOException {
        String file = controller + ".max";
        String text = value.map(v -> Long.toString(v)).orElse("max");
        if (controller.equals("cpu")) {
            if (version == 1) {
                file = "cpu.cfs_quota_us";
                text = value.map(v -> Long.toString(v)).orElse("-1");
                Files.writeString(group.resolve("cpu.cfs_period_us"), Long.toString(CPU_PERIOD_MICROS));
            } else {
                text = text + " " + CPU_PERIOD_MICROS;
            }
        } else if (controller.equals("memory") && version == 1) {
            file = "memory.limit_in_bytes";
            text = value.map(v -> Long.toString(v)).orElse("-1");
        }
        if (Files.exists(group.resolve(file))) {
            Files.writeString(group.resolve(file), text);
        } else if (value.isPresent()) {
            throw new NoSuchFileException(group.resolve(file).toString(), null, "the controller is not enabled there");
        }
    }

    /** All processes in the agent's group, its keeper among them; empty where groups cannot be used. */
    Optional<List<Integer>> members(String agent) {
        if (tracking.folder() == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    Files.readAllLines(tracking.folder().resolve(agent).resolve("cgroup.procs")).stream()
                            .map(Integer::valueOf)
                            .toList());
        } catch (IOException gone) {
            return Optional.of(List.of());
        }
    }

    /** The agent's groups that are there, by controller, and the one that holds all its processes. */
    Map<String, Footprints.Group> groups(String agent) {
        Map<String, Footprints.Group> groups = new LinkedHashMap<>();
        places.forEach((controller, place) -> group(groups, controller, place, agent));
        group(groups, Footprints.TRACKING, tracking, agent);
        return groups;
    }

    private static void group(Map<String, Footprints.Group> groups, String name, Place place, String agent) {
        if (place.folder() != null && place.tree() != null) {
            Path folder = place.folder().resolve(agent);
            if (Files.isDirectory(folder)) {
                groups.put(name, new Footprints.Group(place.tree().version(), folder));
            }
        }
    }

    /** Path of the agent's group as {@code /proc/PID/cgroup} ends with it; null where groups cannot be used. */
    @Nullable
    String suffix(String agent) {
        Path folder = tracking.folder();
        return folder == null ? null : "/" + folder.getFileName() + "/" + agent;
    }

    /** Stops or continues every process of the group, so that none can fork while others are killed. */
    void freeze(String agent, boolean frozen) throws IOException {
        Path folder = tracking.folder();
        if (folder != null && tracking.tree() != null && tracking.tree().version() == 2) {
            Files.writeString(folder.resolve(agent).resolve("cgroup.freeze"), frozen ? "1" : "0");
        }
    }

    /** How often the kernel's out-of-memory killer struck in the agent's group; 0 where that is not known. */
    long outOfMemoryKills(String agent) {
        Place place = place("memory");
        if (place.folder() == null || place.tree() == null) {
            return 0;
        }
        String file = place.tree().version() == 2 ? "memory.events" : "memory.oom_control";
        try {
            for (String line : Files.readAllLines(place.folder().resolve(agent).resolve(file))) {
                if (line.startsWith("oom_kill ")) {
                    return Long.parseLong(line.substring("oom_kill ".length()).trim());
                }
            }
        } catch (IOException noGroup) {
            return 0;
        }
        return 0;
    }

    /** Removes the agent's groups; false where one still holds a process. */
    boolean remove(String agent) {
        boolean gone = cpusets.remove(agent);
        for (Place place : all()) {
            gone &= place.folder() == null || removed(place.folder().resolve(agent));
        }
        return gone;
    }

    /** As {@link #remove}, for processes that are just ending; gives up after half a second. */
    void removeSoon(String agent) {
        try {
            for (int tries = 0; tries < 250 && !remove(agent); tries++) {
                Thread.sleep(2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Removes the group of the data folder where it holds no agent any more. */
    void removeRoot() {
        cpusets.removeRoot();
        for (Place place : all()) {
            if (place.folder() != null) {
                removed(place.folder());
            }
        }
    }

    private List<Place> all() {
        List<Place> all = new ArrayList<>(places.values());
        all.add(tracking);
        return all;
    }

    private Place place(String controller) {
        return java.util.Objects.requireNonNull(places.get(controller));
    }

    static boolean removed(Path group) {
        try {
            Files.deleteIfExists(group);
            return true;
        } catch (DirectoryNotEmptyException e) {
            return false;
        } catch (IOException busy) {
            return !Files.exists(group);
        }
    }

    List<Capability> capabilities() {
        List<Capability> all = new ArrayList<>();
        places.forEach((controller, place) -> all.add(capability("cgroup." + controller, place)));
        all.add(capability("cgroup.tracking", tracking));
        return all;
    }

    private static Capability capability(String name, Place place) {
        return place.folder() == null || place.tree() == null
                ? new Capability(name, false, place.reason())
                : new Capability(name, true, "version " + place.tree().version() + " at " + place.folder());
    }

    static String reason(IOException e) {
        String text = e instanceof java.nio.file.FileSystemException f && f.getReason() != null
                ? f.getReason()
                : e.getMessage();
        return text == null ? e.getClass().getSimpleName() : text;
    }
}
