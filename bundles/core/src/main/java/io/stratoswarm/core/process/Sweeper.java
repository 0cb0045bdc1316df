package io.stratoswarm.core.process;

import io.stratoswarm.core.linux.Errno;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills everything that an agent started, what daemonised included, and nothing else. Members of the agent's cgroup are found
 * there; without cgroups, those in the keeper's session and those whose environment carries the agent's mark.
 */
final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final int ROUNDS = 200;
    /** From here on the group is frozen while it is killed, so that nothing in it forks faster than we kill. */
    private static final int FREEZE_ROUND = 3;

    private final ProcFs proc;
    private final Cgroups cgroups;

    Sweeper(ProcFs proc, Cgroups cgroups) {
        this.proc = proc;
        this.cgroups = cgroups;
    }

    /**
     * @param session session of the agent's keepers, those that are gone included
     * @param spared the keeper
     * @return whether nothing is left
     */
    boolean sweep(AgentFolder folder, Set<Integer> sessions, int spared, String mark) {
        boolean frozen = false;
        try {
            for (int round = 0; round < ROUNDS; round++) {
                List<Integer> found = find(folder, sessions, spared, mark);
                if (found.isEmpty()) {
                    return true;
                }
                if (round == FREEZE_ROUND) {
                    frozen = freeze(folder, true);
                    found = find(folder, sessions, spared, mark);
                }
                for (int pid : found) {
                    kill(pid, candidate -> belongs(folder, candidate, sessions, mark));
                }
                if (round > 0) {
                    Thread.sleep(1);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (frozen) {
                freeze(folder, false);
            }
        }
        LOG.warn(
                "processes of agent {} are still there after {} rounds of SIGKILL; they may be stuck in the kernel",
                folder.name(),
                ROUNDS);
        return false;
    }

    /**
     * Whether the agent's cgroup holds its keeper, the shell that this one may have forked ahead, and nothing else, so that nothing
     * can appear there unless it is put there.
     */
    boolean onlyKeeper(AgentFolder folder, int keeper) {
        List<Integer> members = cgroups.members(folder.name()).orElse(List.of());
        return keeper != 0
                && members.contains(keeper)
                && members.stream().allMatch(pid -> pid == keeper || forkedBy(pid, keeper));
    }

    /** A child of the keeper, in its session and of its user: whatever an agent leaves is given another parent. */
    private boolean forkedBy(int pid, int keeper) {
        Optional<ProcFs.Stat> stat = proc.stat(pid);
        return stat.isPresent()
                && stat.get().parent() == keeper
                && stat.get().session() == keeper
                && proc.user(pid) == proc.user(keeper);
    }

    private boolean freeze(AgentFolder folder, boolean on) {
        try {
            cgroups.freeze(folder.name(), on);
            return true;
        } catch (IOException e) {
            LOG.warn(
                    "the cgroup of agent {} cannot be {}: {}",
                    folder.name(),
                    on ? "frozen" : "thawed",
                    Cgroups.reason(e));
            return false;
        }
    }

    /** All that live and belong to the agent, without its keeper. */
    List<Integer> find(AgentFolder folder, Set<Integer> sessions, int spared, String mark) {
        Optional<List<Integer>> members = cgroups.members(folder.name());
        List<Integer> found = new ArrayList<>();
        if (members.isPresent() && !members.get().isEmpty()) {
            for (int pid : members.get()) {
                if (pid != spared && proc.stat(pid).map(ProcFs.Stat::alive).orElse(false)) {
                    found.add(pid);
                }
            }
            return found;
        }
        for (int pid : proc.pids()) {
            if (pid != spared && belongs(folder, pid, sessions, mark)) {
                found.add(pid);
            }
        }
        return found;
    }

    private boolean belongs(AgentFolder folder, int pid, Set<Integer> sessions, String mark) {
        Optional<ProcFs.Stat> stat = proc.stat(pid);
        if (stat.isEmpty() || !stat.get().alive()) {
            return false;
        }
        String suffix = cgroups.suffix(folder.name());
        return sessions.contains(stat.get().session())
                || suffix != null
                        && proc.cgroups(Integer.toString(pid)).stream().anyMatch(line -> line.endsWith(suffix))
                || proc.started(pid, "STRATOSWARM_MARK=" + mark);
    }

    /** The descriptor is taken first and the process looked at afterwards, so that a reused pid is never hit. */
    static void kill(int pid, IntPredicate still) {
        int descriptor = Linux.pidfdOpen(pid);
        if (descriptor == -Errno.ENOSYS) {
            if (still.test(pid)) {
                Linux.kill(pid, Linux.SIGKILL);
            }
        } else if (descriptor >= 0) {
            try {
                if (still.test(pid)) {
                    Linux.pidfdSignal(descriptor, Linux.SIGKILL);
                }
            } finally {
                Linux.close(descriptor);
            }
        }
    }
}
