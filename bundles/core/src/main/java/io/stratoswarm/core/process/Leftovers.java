package io.stratoswarm.core.process;

import java.util.Set;

/**
 * What an agent's incarnations leave behind when they end. That nothing is left is found out right after the end, while the
 * journal writes it down, so that a restart need not wait for it. Guarded by the lock of its agent, but for {@link #sweep}.
 */
final class Leftovers {
    private final HostContext context;
    private final AgentFolder folder;
    private final KeeperCare keeper;
    private final String mark;
    /** Only its keeper was in the agent's cgroup after the last end; nobody but a hook or a start can have changed that. */
    private boolean none;

    private boolean due;

    Leftovers(HostContext context, AgentFolder folder, KeeperCare keeper, String mark) {
        this.context = context;
        this.folder = folder;
        this.keeper = keeper;
        this.mark = mark;
    }

    /** Something was started, or is about to be. */
    void mayBe() {
        none = false;
        due = false;
    }

    /** An incarnation has ended; the next thing is a look. */
    void due() {
        due = true;
    }

    /** Only reads; does nothing where something was started since the end. */
    void look() {
        none = due && context.sweeper().onlyKeeper(folder, keeper.pid());
        due = false;
    }

    boolean knownNone() {
        return none;
    }

    /** Kills all but the keeper; true where nothing is left. Takes milliseconds, so it is called without the lock. */
    boolean sweep(Set<Integer> sessions, int spared) {
        return context.sweeper().sweep(folder, sessions, spared, mark);
    }
}
