package io.stratoswarm.core.process;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.core.linux.Epoll;
import io.stratoswarm.core.linux.Linux;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Where an agent writes a newline once it is ready, in the s6 way. Guarded by the lock of its agent. */
final class NoticeChannel {
    private final HostContext context;
    private final AgentFolder folder;
    private int fd = -1;
    private long watched;

    NoticeChannel(HostContext context, AgentFolder folder) {
        this.context = context;
        this.folder = folder;
    }

    static boolean wanted(AgentSpec spec) {
        return spec.readiness().isPresent() && spec.readiness().get().action() instanceof ProbeAction.NotifyFd;
    }

    /** Opens it where the spec wants it; what it holds of an earlier incarnation is dropped where a new one starts. */
    void open(AgentSpec spec, boolean fresh, Runnable onReadable) {
        close();
        if (wanted(spec)) {
            fd = Linux.open(folder.notice(), Linux.O_RDWR | Linux.O_NONBLOCK, 0);
            if (fresh) {
                newline();
            }
            watched = context.watcher().watch(fd, Epoll.IN, onReadable);
        }
    }

    /** Reads what is there; whether a line end is in it. */
    boolean newline() {
        boolean found = false;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(4096);
            long read = fd < 0 ? 0 : Linux.read(fd, buffer);
            for (long i = 0; i < read; i++) {
                found |= buffer.get(ValueLayout.JAVA_BYTE, i) == '\n';
            }
        }
        return found;
    }

    void close() {
        if (fd >= 0) {
            context.watcher().forget(watched, fd);
            Linux.close(fd);
            fd = -1;
        }
    }
}
