package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.flow.NodeContext.RecordInput;
import io.stratoswarm.api.graph.Channel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * Gives records to a socket: to one that it connects to, or to all who are connected to it. Records wait while nobody is. They count
 * as done when somebody's kernel has taken them; a batch in the middle of which a connection broke is sent again to the next one.
 */
final class SocketSink {
    private static final int BATCH = 1_024;
    private static final long POLL_MILLIS = 100;
    /** Who takes nothing for so long is cut off. */
    private static final long STALLED_MILLIS = 30_000;

    private final NodeContext context;
    private final RecordInput input;
    private final Done done;
    private final Settings settings;
    private final Pause pause;

    SocketSink(NodeContext context, Settings settings) {
        this.context = context;
        this.input = context.input(Channel.STDIN);
        this.done = new Done(context);
        this.settings = settings;
        this.pause = new Pause(context);
    }

    void run() throws IOException, InterruptedException {
        var listen = settings.text("listen").map(Address::new);
        if (listen.isPresent()) {
            listen(listen.get());
        } else {
            connect(new Address(settings.needed("connect")));
        }
    }

    private void connect(Address address) throws IOException, InterruptedException {
        try (SocketChannel channel = address.connect()) {
            context.ready();
            for (List<byte[]> records = input.read(BATCH); !records.isEmpty(); records = input.read(BATCH)) {
                ByteBuffer bytes = Framed.bytes(input.framing(), records);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                done.are(records.size());
            }
        } catch (IOException e) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.UNAVAILABLE,
                    "the connection to " + address.text() + " broke: " + e.getMessage()
                            + "; what may not have arrived is sent again",
                    e);
        }
    }

    private void listen(Address address) throws IOException, InterruptedException {
        try (ServerSocketChannel server = address.listen(context);
                Clients clients = new Clients(context, address)) {
            context.log("listens on " + (address.unix() ? address.text() : server.getLocalAddress()));
            Thread acceptor = Thread.startVirtualThread(() -> accept(server, clients));
            context.ready();
            try {
                for (List<byte[]> records = input.read(BATCH); !records.isEmpty(); records = input.read(BATCH)) {
                    if (!give(clients, records)) {
                        return;
                    }
                    done.are(records.size());
                }
            } finally {
                Clients.close(server);
                acceptor.interrupt();
            }
        } finally {
            address.release();
        }
    }

    private void accept(ServerSocketChannel server, Clients clients) {
        try {
            clients.accept(server, this::watch);
        } catch (IOException e) {
            if (server.isOpen()) {
                context.log("no more peers can connect: " + e.getMessage());
            }
        }
    }

    /** Nothing is expected from a peer but that it goes away. */
    private void watch(SocketChannel client) throws IOException {
        ByteBuffer ignored = ByteBuffer.allocate(1_024);
        while (client.read(ignored.clear()) >= 0) {
            // What it says is not listened to.
        }
    }

    /** Whether somebody has taken all of them; waits until somebody does, or the node is asked to end. */
    private boolean give(Clients clients, List<byte[]> records) throws InterruptedException {
        ByteBuffer bytes = Framed.bytes(input.framing(), records);
        while (true) {
            int taken = 0;
            for (SocketChannel client : clients.connected()) {
                taken += give(client, bytes.duplicate()) ? 1 : 0;
            }
            if (taken > 0) {
                context.waiting("");
                return true;
            }
            context.waiting("nobody is connected to " + settings.needed("listen"));
            if (!pause.millis(POLL_MILLIS)) {
                return false;
            }
        }
    }

    private boolean give(SocketChannel client, ByteBuffer bytes) throws InterruptedException {
        Thread stalled = Thread.startVirtualThread(() -> cutOff(client));
        try {
            while (bytes.hasRemaining()) {
                client.write(bytes);
            }
            return true;
        } catch (java.nio.channels.ClosedByInterruptException e) {
            throw new InterruptedException();
        } catch (IOException e) {
            context.log("a peer is gone: " + e.getMessage());
            Clients.close(client);
            return false;
        } finally {
            stalled.interrupt();
        }
    }

    private void cutOff(SocketChannel client) {
        try {
            Thread.sleep(STALLED_MILLIS);
            context.log("a peer has taken nothing for " + STALLED_MILLIS / 1_000 + " s and is cut off");
            Clients.close(client);
        } catch (InterruptedException inTime) {
            Thread.currentThread().interrupt();
        }
    }
}
