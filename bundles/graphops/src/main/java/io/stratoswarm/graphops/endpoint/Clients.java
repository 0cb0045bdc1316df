package io.stratoswarm.graphops.endpoint;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.flow.NodeContext;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who have connected, each on a thread of its own. */
final class Clients implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Clients.class);
    static final int MOST = 256;
    private static final long PATIENCE_MILLIS = 1_000;

    private final NodeContext context;
    private final Address address;
    private final Set<SocketChannel> connected = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private boolean full;

    /** What is done with a client. */
    interface Service {
        void serve(SocketChannel client) throws IOException, InterruptedException;
    }

    Clients(NodeContext context, Address address) {
        this.context = context;
        this.address = address;
    }

    /** Until the server is closed. */
    void accept(ServerSocketChannel server, Service service) throws IOException {
        while (true) {
            SocketChannel client;
            try {
                client = server.accept();
            } catch (ClosedChannelException e) {
                RuntimeException broken = failure.get();
                if (broken != null) {
                    throw broken;
                }
                if (context.stopping()) {
                    return;
                }
                throw e;
            }
            if (connected.size() >= MOST) {
                client.close();
                if (!full) {
                    context.log("more than " + MOST + " peers are connected; further ones are turned away");
                }
                full = true;
                continue;
            }
            full = false;
            address.keepAlive(client);
            connected.add(client);
            threads.execute(() -> serve(server, client, service));
        }
    }

    private void serve(ServerSocketChannel server, SocketChannel client, Service service) {
        try (client) {
            service.serve(client);
        } catch (StratoswarmException e) {
            if (e.kind() == StratoswarmException.Kind.INVALID) {
                context.log("a peer is cut off: " + e.getMessage());
            } else {
                fail(server, e);
            }
        } catch (IOException e) {
            if (!context.stopping()) {
                context.log("the connection of a peer broke: " + e.getMessage());
            }
        } catch (InterruptedException e) {
            LOG.debug("the node is being killed", e);
        } catch (RuntimeException e) {
            fail(server, e);
        } finally {
            connected.remove(client);
        }
    }

    /** What is not the peer's fault is the end of the node. */
    private void fail(ServerSocketChannel server, RuntimeException e) {
        failure.compareAndSet(null, e);
        close(server);
    }

    Set<SocketChannel> connected() {
        return Set.copyOf(connected);
    }

    static void close(java.nio.channels.Channel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing a connection failed", e);
        }
    }

    @Override
    public void close() {
        connected.forEach(Clients::close);
        threads.shutdown();
        try {
            // What was taken from a peer is given to the flow still.
            if (!threads.awaitTermination(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
