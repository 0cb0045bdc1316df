package io.stratoswarm.api.agent;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * State of one agent, a replica of a graph's node.
 *
 * @param id {@code graph/node} for a single replica, else {@code graph/node.N}
 * @param graph name of its graph
 * @param node id of its node
 * @param replica from 0
 * @param phase where it is in its life
 * @param reason one line: why it is there
 * @param sinceNanos time of the last change of phase, since 1970-01-01T00:00Z
 * @param pid process id where one runs
 * @param startedNanos start time of that process, since 1970-01-01T00:00Z
 * @param incarnation number of the start, from 1; 0 before the first
 * @param restarts restarts by policy since it was declared
 * @param lastExit how it ended last: {@code exit 1} or {@code signal KILL}
 * @param command program and arguments, joined for display
 * @param lease who holds it, while somebody does
 */
public record AgentStatus(
        String id,
        String graph,
        String node,
        int replica,
        AgentPhase phase,
        String reason,
        long sinceNanos,
        OptionalInt pid,
        OptionalLong startedNanos,
        long incarnation,
        long restarts,
        Optional<String> lastExit,
        String command,
        Optional<Lease> lease) {

    /** A selector that means this agent alone; the id of the first one may be that of its node, which means the others as well. */
    public String selector() {
        return id.equals(graph + "/" + node) ? id + ".0" : id;
    }

    /** One that nobody holds; the components that there were in version 1.2 of this package. */
    public AgentStatus(
            String id,
            String graph,
            String node,
            int replica,
            AgentPhase phase,
            String reason,
            long sinceNanos,
            OptionalInt pid,
            OptionalLong startedNanos,
            long incarnation,
            long restarts,
            Optional<String> lastExit,
            String command) {
        this(
                id,
                graph,
                node,
                replica,
                phase,
                reason,
                sinceNanos,
                pid,
                startedNanos,
                incarnation,
                restarts,
                lastExit,
                command,
                Optional.empty());
    }
}
