package io.stratoswarm.api.flow;

import java.util.Collection;
import java.util.OptionalLong;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The pipes of agents' channels, and further ones that flows need. All but scratch pipes are held open by a process of their own:
 * when the daemon is killed, what is in them stays, and no agent sees an end of its input or a broken output.
 */
@ProviderType
public interface Pipes {
    /**
     * Opens an agent's channel that a flow is wired to.
     *
     * @param agent id of the agent
     * @param channel {@code stdin}, {@code stdout} or one that its node declares
     * @param incarnation of a channel that is made anew for each start ({@code AgentSpec.Wire#fresh}), else empty
     * @throws io.stratoswarm.api.StratoswarmException kind NOT_FOUND where it has none (yet): it is made right before the agent's
     *     first start, a fresh one before each start; kind CONFLICT where this input was ended
     */
    Pipe open(String agent, String channel, OptionalLong incarnation);

    /**
     * Opens a pipe by this name, made empty where it is not there yet. It is held open across a crash of the daemon, but not across
     * one of the host.
     *
     * @param name at most 200 letters, digits, {@code . _ -} and slashes, unique over all users; no part of it is empty or begins with
     *     a dot
     */
    Pipe kept(String name);

    /** Makes those of these kept pipes that are not there yet, all at once, so that to open one later takes no time. */
    void prepare(Collection<String> names);

    /** Removes kept pipes whose name starts like this, with what is in them. Close them before. */
    void removeKept(String prefix);

    /** A pipe that nobody else sees and that ends with this process. */
    Pipe scratch();

    Poller poller();
}
