package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext;
import io.stratoswarm.api.flow.NodeContext.RecordOutput;
import io.stratoswarm.api.graph.Channel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * Takes records from a socket: from all who connect, each with a thread and a buffer of its own so that records stay whole; or from
 * one that it connects to. Who sends faster than records are taken waits.
 */
final class SocketSource {
    private static final int PIECE = 64 << 10;

    private final NodeContext context;
    private final RecordOutput output;
    private final Settings settings;

    SocketSource(NodeContext context, Settings settings) {
        this.context = context;
        this.output = context.output(Channel.STDOUT);
        this.settings = settings;
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
            context.whenStopping(() -> Clients.close(channel));
            context.ready();
            take(channel);
        } catch (ClosedChannelException e) {
            if (context.stopping()) {
                return;
            }
            throw e;
        } catch (IOException e) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.UNAVAILABLE,
                    "the connection to " + address.text() + " broke: " + e.getMessage(),
                    e);
        }
        if (!context.stopping()) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.UNAVAILABLE, address.text() + " has closed the connection");
        }
    }

    private void listen(Address address) throws IOException, InterruptedException {
        try (ServerSocketChannel server = address.listen(context);
                Clients clients = new Clients(context, address)) {
            context.whenStopping(() -> Clients.close(server));
            context.log("listens on " + (address.unix() ? address.text() : server.getLocalAddress()));
            context.ready();
            clients.accept(server, this::take);
        } finally {
            address.release();
        }
    }

    private void take(SocketChannel channel) throws IOException, InterruptedException {
        RecordBuffer buffer = new RecordBuffer(output);
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        while (channel.read(piece.clear()) >= 0) {
            write(buffer.add(piece.flip()));
        }
        byte[] last = buffer.last();
        if (last != null) {
            write(List.of(last));
        } else if (buffer.rest() > 0) {
            context.log("a peer went away in the middle of a record; " + buffer.rest() + " bytes are left out");
        }
    }

    private void write(List<byte[]> records) throws InterruptedException {
        if (!records.isEmpty()) {
            output.write(records);
        }
    }
}
