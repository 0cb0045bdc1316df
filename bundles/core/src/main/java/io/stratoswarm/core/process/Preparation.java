package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is made of a spec before the first start with it, and used again by each restart.
 *
 * @param confinement what it is kept on by cgroup
 * @param script name of the start script in the runtime folder
 * @param groups cgroups that the keeper has to be in
 * @param unavailable limits that cannot be set, with reasons
 */
record Preparation(
        AgentSpec spec, Cgroups.Confinement confinement, String script, List<Path> groups, List<String> unavailable) {

    static Preparation make(
            HostContext context,
            AgentFolder folder,
            String agent,
            String mark,
            AgentSpec spec,
            Cgroups.Confinement confinement)
            throws IOException {
        StartScript.Identity identity = StartScript.identity(spec);
        if (identity.switches()) {
            Files.setAttribute(folder.work(), "unix:uid", identity.account().uid());
            Files.setAttribute(folder.work(), "unix:gid", identity.gid());
        }
        Optional<String> socket = notifies(spec) ? Optional.of(context.notifySocket()) : Optional.empty();
        String text = new StartScript(folder, agent, spec, mark, socket).forKeeper();
        String script = Scripts.write(folder.runtime(), "start", text);
        Cgroups.Membership membership = context.cgroups().prepare(folder.name(), spec.resources(), confinement);
        return new Preparation(spec, confinement, script, membership.procs(), membership.unavailable());
    }

    private static boolean notifies(AgentSpec spec) {
        return spec.watchdogMillis().isPresent()
                || spec.readiness().isPresent() && spec.readiness().get().action() instanceof ProbeAction.NotifySocket;
    }
}
