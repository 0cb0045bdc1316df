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

    NotifyHub(String name, ProcFs proc, Cgroups cgroups, Supplier<Collection<HostedAgent>> agents) {
        this.socket = new DatagramSocket(name);
        this.proc = proc;
        this.cgroups = cgroups;
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
                sender.get().onNotify(message.text());
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
        return agents.get().stream()
                .filter(agent -> agent.owns(proc, cgroups, pid))
                .findFirst();
    }

    @Override
    public void close() {
        socket.close();
    }
}
