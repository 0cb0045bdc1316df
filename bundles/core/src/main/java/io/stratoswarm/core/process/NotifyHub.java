package io.stratoswarm.core.process;

import io.stratoswarm.core.linux.DatagramSocket;
import io.stratoswarm.core.linux.ProcFs;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The NOTIFY_SOCKET of all agents. Whose a message is follows from the process that the kernel says sent it, never from what
 * the message says.
 */
final class NotifyHub implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NotifyHub.class);
    /** Messages handled before others of the watcher's descriptors have their turn. */
    private static final int TURN = 64;

    private final DatagramSocket socket;
    private final ProcFs proc;
    private final Cgroups cgroups;
    private final Supplier<Collection<HostedAgent>> agents;
    private final HostContext context;

    NotifyHub(String name, HostContext context, Supplier<Collection<HostedAgent>> agents) {
        this.socket = new DatagramSocket(name);
        this.proc = context.proc();
        this.cgroups = context.cgroups();
        this.context = context;
        this.agents = agents;
    }

    int descriptor() {
        return socket.descriptor();
    }

    void receive() {
        for (int i = 0; i < TURN; i++) {
            DatagramSocket.Message message = socket.receive();
            if (message == null) {
                return;
            }
            Optional<HostedAgent> sender = sender(message.pid());
            if (sender.isPresent()) {
                hear(sender.get(), message.text());
            } else {
                LOG.debug(
                        "a message to NOTIFY_SOCKET from process {} of user {}, which is no agent's, is ignored",
                        message.pid(),
                        message.uid());
            }
        }
    }

    private Optional<HostedAgent> sender(int pid) {
        if (pid <= 0) {
            return Optional.empty();
        }
        for (HostedAgent agent : agents.get()) {
            if (agent.mainPid() == pid) {
                return Optional.of(agent);
            }
        }
        return agents.get().stream().filter(agent -> owns(agent, pid)).findFirst();
    }

    /** Messages in the way of sd_notify(3); what is not known is ignored, as there. */
    private void hear(HostedAgent sender, String text) {
        String agent = sender.agent;
        long incarnation = sender.incarnation();
        if (incarnation == 0) {
            return;
        }
        for (String line : text.split("\n")) {
            if (line.equals("READY=1")) {
                context.tell(l -> l.ready(agent, incarnation));
            } else if (line.equals("WATCHDOG=1")) {
                context.tell(l -> l.watchdog(agent, incarnation));
            } else if (line.startsWith("STATUS=")) {
                context.tell(l -> l.note(
                        agent, incarnation, line.substring("STATUS=".length()).strip()));
            }
        }
    }

    /** Whether a process is the agent's, by cgroup, session or mark. */
    private boolean owns(HostedAgent agent, int pid) {
        String suffix = cgroups.suffix(agent.folder.name());
        boolean member =
                suffix != null && proc.cgroups(Integer.toString(pid)).stream().anyMatch(line -> line.endsWith(suffix));
        return member
                || agent.ownsSession(proc.stat(pid).map(ProcFs.Stat::session).orElse(-1))
                || proc.started(pid, "STRATOSWARM_MARK=" + agent.mark());
    }

    @Override
    public void close() {
        socket.close();
    }
}
