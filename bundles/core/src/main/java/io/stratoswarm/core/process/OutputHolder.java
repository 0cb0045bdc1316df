package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.AgentSpec.LogPolicy;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The output of one agent while this daemon holds it. Guarded by the lock of its agent. */
final class OutputHolder {
    private final HostContext context;
    private final AgentFolder folder;
    private final String agent;
    private volatile @Nullable AgentOutput output;
    private @Nullable LogPolicy policy;
    /** Of outputs that were closed. */
    private long movedBefore;

    OutputHolder(HostContext context, AgentFolder folder, String agent) {
        this.context = context;
        this.folder = folder;
        this.agent = agent;
    }

    /** Opens it, or opens it anew where the policy has changed: two writers of one log would write over each other. */
    void open(LogPolicy wanted) throws IOException {
        if (!wanted.equals(policy)) {
            close();
        }
        if (output == null) {
            AgentOutput fresh = new AgentOutput(folder, wanted, context.clock());
            output = fresh;
            policy = wanted;
            context.pump().add(agent, fresh);
        }
    }

    /** Moves what waits now; the only call that needs no lock. */
    void drain() {
        AgentOutput now = output;
        if (now != null) {
            now.drain();
        }
    }

    /** Bytes that were moved to the logs since this holder was made. */
    long movedBytes() {
        AgentOutput now = output;
        return movedBefore + (now == null ? 0 : now.movedBytes());
    }

    void close() {
        AgentOutput old = output;
        if (old != null) {
            context.pump().remove(old);
            movedBefore += old.movedBytes();
            output = null;
        }
    }
}
