package io.stratoswarm.graphops.flow.queue;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.graph.FlowSpec.Ack;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.store.QueueStore.Change;
import io.stratoswarm.core.pipe.LinuxPipes;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryEndTest {
    private static final String AGENT = "g/work.3";

    @TempDir
    Path folder;

    private final InMemoryQueues store = new InMemoryQueues();
    private LinuxPipes pipes;
    private int ends;

    @BeforeEach
    void open() {
        pipes = new LinuxPipes(folder.resolve("pipes"));
    }

    @AfterEach
    void close() {
        pipes.close();
    }

    private Delivery delivery(DurableQueue queue) {
        return new Delivery(
                new Delivery.Receiver(AGENT, "stdin", "queue/work/", new Ack.OneToOne(), 1),
                queue,
                pipes,
                pipes.poller(),
                folder.resolve("work.cell"),
                Optional.of(incarnation -> new Outputs.Taken(0, true)),
                new Problems(() -> 0),
                start -> ends++);
    }

    private void state(Delivery delivery, long incarnation, boolean sourcesEnded) {
        delivery.update(new ReceiverState(incarnation, true, false, sourcesEnded));
        delivery.step();
        delivery.step();
    }

    @Test
    void shouldTellTheEndToNoLaterAgentOfTheSameName() {
        DurableQueue queue = new DurableQueue(store, "q", 1 << 20);
        pipes.makeChannel(AGENT, "stdin", OptionalLong.of(1));
        Delivery first = delivery(queue);
        state(first, 1, true);
        assertEquals(1, ends);
        first.endAgain();
        state(first, 1, true);
        assertEquals(2, ends, "it could not be told");
        Delivery restarted = delivery(queue);
        assertEquals(2, ends, "nobody is known to run");
        state(restarted, 1, true);
        assertEquals(3, ends, "to the same start, which may not have heard of it");
        Delivery later = delivery(queue);
        pipes.makeChannel(AGENT, "stdin", OptionalLong.of(2));
        state(later, 2, false);
        byte[] record = "one\n".getBytes(US_ASCII);
        queue.draft("f", Framing.LINES, 1, "s", new long[0], record, 0, record.length);
        Change change = queue.change();
        store.write(List.of(change));
        queue.publish(change);
        state(later, 2, false);
        assertEquals(3, ends, "the next one goes on");
        try (Pipe input = pipes.open(AGENT, "stdin", OptionalLong.of(2))) {
            assertEquals(record.length, input.waiting());
        }
    }
}
