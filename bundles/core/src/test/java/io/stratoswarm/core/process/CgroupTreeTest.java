package io.stratoswarm.core.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts of other kinds than this one, posed by folders. */
class CgroupTreeTest {
    @TempDir
    Path temporary;

    private static final Resources ALL = new Resources(Optional.of(0.5), OptionalLong.of(1 << 20), OptionalLong.of(9));

    private static String mount(String root, Path at, String type, String options) {
        return "30 25 0:26 " + root + " " + at + " rw,nosuid shared:4 - " + type + " cgroup " + options;
    }

    @Test
    void shouldUnderstandVersionTwoAlone() throws IOException {
        Path own = Files.createDirectories(temporary.resolve("system.slice/stratoswarm.service"));
        Files.writeString(own.resolve("cgroup.controllers"), "cpu io memory pids\n");
        Files.writeString(own.resolve("cgroup.subtree_control"), "");
        List<CgroupTree> trees = CgroupTree.find(
                List.of(mount("/", temporary, "cgroup2", "rw")), List.of("0::/system.slice/stratoswarm.service"));
        assertEquals(List.of(new CgroupTree(2, List.of("cpu", "io", "memory", "pids"), own)), trees);
        Path group = Files.createDirectories(own.resolve("stratoswarm-x/agent"));
        for (String file : List.of("cpu.max", "memory.max", "pids.max")) {
            Files.writeString(group.resolve(file), "max\n");
        }
        Cgroups.Membership membership =
                new Cgroups(trees, "stratoswarm-x").prepare("agent", ALL, Cgroups.Confinement.NONE);
        assertEquals(List.of(), membership.unavailable());
        assertEquals(List.of(group.resolve("cgroup.procs")), membership.procs());
        assertEquals("50000 100000", Files.readString(group.resolve("cpu.max")));
        assertEquals("1048576", Files.readString(group.resolve("memory.max")));
        assertEquals("10", Files.readString(group.resolve("pids.max")), "one more, for the keeper");
    }

    @Test
    void shouldMoveIntoALeafOnlyWhenAloneInItsGroup() throws IOException {
        Path own = Files.createDirectories(temporary.resolve("user.slice"));
        Files.writeString(own.resolve("cgroup.controllers"), "cpu memory pids");
        Files.writeString(own.resolve("cgroup.subtree_control"), "");
        Files.writeString(own.resolve("cgroup.type"), "domain");
        Files.writeString(
                own.resolve("cgroup.procs"), "1\n" + ProcessHandle.current().pid() + "\n");
        List<CgroupTree> trees =
                CgroupTree.find(List.of(mount("/", temporary, "cgroup2", "rw")), List.of("0::/user.slice"));
        String refused = String.join(
                " ",
                new Cgroups(trees, "s")
                        .prepare("agent", ALL, Cgroups.Confinement.NONE)
                        .unavailable());
        assertTrue(refused.contains("also holds processes that are not this daemon's: 1"), refused);
        Files.writeString(own.resolve("cgroup.procs"), ProcessHandle.current().pid() + "\n");
        new Cgroups(trees, "s");
        Path leaf = own.resolve(Delegation.LEAF).resolve("cgroup.procs");
        assertEquals(Long.toString(ProcessHandle.current().pid()), Files.readString(leaf));
    }

    @Test
    void shouldUnderstandVersionOneAndContainers() {
        List<CgroupTree> trees = CgroupTree.find(
                List.of(
                        mount("/docker/abc", Path.of("/sys/fs/cgroup/memory"), "cgroup", "rw,memory"),
                        mount("/", Path.of("/sys/fs/cgroup/cpu\\040x"), "cgroup", "rw,cpu,cpuacct")),
                List.of("5:memory:/docker/abc/inner", "4:cpu,cpuacct:/", "1:name=systemd:/"));
        assertEquals(
                List.of(
                        new CgroupTree(1, List.of("memory"), Path.of("/sys/fs/cgroup/memory/inner")),
                        new CgroupTree(1, List.of("cpu", "cpuacct"), Path.of("/sys/fs/cgroup/cpu x"))),
                trees);
    }

    @Test
    void shouldSayWhyWhereThereIsNone() {
        Cgroups none = new Cgroups(List.of(), "s");
        Cgroups.Membership membership = none.prepare("agent", ALL, Cgroups.Confinement.NONE);
        assertEquals(3, membership.unavailable().size());
        assertEquals(List.of(), membership.procs());
        assertTrue(none.capabilities().stream()
                .noneMatch(c -> c.available() || c.detail().isEmpty()));
    }

    @Test
    void shouldKeepAgentsOnProcessorsInVersionTwo() throws IOException {
        Path own = Files.createDirectories(temporary.resolve("own"));
        Files.writeString(own.resolve("cgroup.controllers"), "cpuset\n");
        Files.writeString(own.resolve("cgroup.subtree_control"), "");
        List<CgroupTree> trees = CgroupTree.find(List.of(mount("/", temporary, "cgroup2", "rw")), List.of("0::/own"));
        Cgroups cgroups = new Cgroups(trees, "s");
        Cgroups.Confinement two = new Cgroups.Confinement(List.of(2, 3), List.of(1));
        Cgroups.Membership membership = cgroups.prepare("agent", AgentSpec.Resources.NONE, two);
        assertEquals(List.of(), membership.unavailable());
        Path group = own.resolve("s/agent");
        assertEquals(List.of(group.resolve("cgroup.procs")), membership.procs());
        assertEquals("+cpuset", Files.readString(own.resolve("s/cgroup.subtree_control")));
        assertEquals("2,3", Files.readString(group.resolve("cpuset.cpus")));
        assertEquals("1", Files.readString(group.resolve("cpuset.mems")));
        cgroups.prepare("agent", AgentSpec.Resources.NONE, Cgroups.Confinement.NONE);
        assertEquals("\n", Files.readString(group.resolve("cpuset.cpus")), "all that the group around has");
    }

    @Test
    void shouldKeepAgentsOnProcessorsInVersionOne() throws IOException {
        Path own = Files.createDirectories(temporary.resolve("cpuset"));
        Files.writeString(own.resolve("cpuset.cpus"), "0-7\n");
        Files.writeString(own.resolve("cpuset.mems"), "0-1\n");
        List<CgroupTree> trees =
                CgroupTree.find(List.of(mount("/", own, "cgroup", "rw,cpuset")), List.of("3:cpuset:/"));
        Cgroups cgroups = new Cgroups(trees, "s");
        Cgroups.Membership membership =
                cgroups.prepare("agent", AgentSpec.Resources.NONE, new Cgroups.Confinement(List.of(4), List.of()));
        Path group = own.resolve("s/agent");
        assertTrue(membership.procs().contains(group.resolve("cgroup.procs")), membership.procs()::toString);
        assertEquals("0-7\n", Files.readString(own.resolve("s/cpuset.cpus")), "a new group has nothing of its own");
        assertEquals("4", Files.readString(group.resolve("cpuset.cpus")));
        assertEquals("0-1\n", Files.readString(group.resolve("cpuset.mems")), "no process may enter without");
        new Cgroups(trees, "s").prepare("agent", AgentSpec.Resources.NONE, Cgroups.Confinement.NONE);
        assertEquals("0-7\n", Files.readString(group.resolve("cpuset.cpus")), "also by a later daemon");
    }

    @Test
    void shouldSayThatTheAffinityAloneIsSetWhereThereIsNoCpuset() {
        Cgroups.Membership membership = new Cgroups(List.of(), "s")
                .prepare("agent", AgentSpec.Resources.NONE, new Cgroups.Confinement(List.of(0), List.of()));
        assertEquals(
                List.of("cpuset: no mounted cgroup hierarchy of this process offers the controller cpuset; the affinity"
                        + " alone is set"),
                membership.unavailable());
    }
}
