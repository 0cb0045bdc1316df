package io.stratoswarm.graphops.flow.queue;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.core.pipe.LinuxPipes;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveriesTest {
    @TempDir
    Path folder;

    private static Destination open(Deliveries deliveries, String graph) {
        return deliveries.open(
                graph, graph + "/work", "stdin", new Ack.OneToOne(), 1 << 20, Optional.empty(), start -> {});
    }

    @Test
    void shouldGiveEachGraphQueuesOfItsOwn() {
        try (LinuxPipes pipes = new LinuxPipes(folder.resolve("pipes"));
                Deliveries deliveries = new Deliveries(
                                pipes, new InMemoryQueues(), folder.resolve("queues"), new Problems(() -> 0), () -> 0)
                        .start()) {
            Destination a = open(deliveries, "a");
            Destination b = open(deliveries, "b");
            assertNotSame(a, b, "the nodes have the same name");
            assertNotSame(a.queue(), b.queue());
            assertSame(a, open(deliveries, "a"));
            deliveries.close(a);
            assertSame(b, open(deliveries, "b"), "that of another graph was closed");
            assertNotSame(a, open(deliveries, "a"));
        }
    }
}
