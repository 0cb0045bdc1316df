package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.journal.Checkpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Captures 2 and 3 of graph shop. */
final class InMemoryCaptures implements Captures {
    private static final String HASH = "ab".repeat(32);

    final List<String> calls = new CopyOnWriteArrayList<>();

    @Override
    public CompletableFuture<Capture> capture(Request request, String actor) {
        calls.add("capture " + request.agents() + " " + request.mode() + " " + request.consistent() + " by " + actor);
        return CompletableFuture.completedFuture(get(3));
    }

    @Override
    public CompletableFuture<Optional<Capture>> beforeRisky(List<String> agents, String reason, String actor) {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public List<Capture> list(int limit) {
        return List.of(get(3), get(2)).stream().limit(limit).toList();
    }

    @Override
    public Capture get(long number) {
        if (number != 2 && number != 3) {
            throw new StratoswarmException(Kind.NOT_FOUND, "there is no capture " + number);
        }
        return new Capture(
                number,
                InMemoryAgents.NOON,
                "uid:0",
                "a test",
                STOP_COPY,
                true,
                List.of(new Agent("shop/api", List.of(41, 42), 3, 1_200, 0, 8_192, List.of())),
                0,
                HASH,
                40,
                8_192,
                2,
                1,
                900,
                2_000,
                new Checkpoint(new UUID(1, 2), 7, HASH),
                OptionalLong.of(7));
    }

    private static PartInfo info() {
        return new PartInfo(0, "host/load", "text/plain", HASH);
    }

    @Override
    public List<PartInfo> parts(long number, String prefix) {
        return List.of(info());
    }

    @Override
    public Content part(long number, String name, String actor) {
        calls.add("part " + number + " " + name + " by " + actor);
        return new Content(name, "text/plain", "0.01 0.02".getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public Diff diff(long before, long after, String actor) {
        return new Diff(before, after, 38, List.of(new Difference("host/load", "changed", 0)));
    }

    @Override
    public Verification verify(long number) {
        return new Verification(number, HASH, 40, 2, List.of());
    }

    @Override
    public Proof prove(long number, String name) {
        return new Proof(number, info(), 40, List.of(HASH), HASH, OptionalLong.of(7));
    }

    @Override
    public void export(long number, String agent, Optional<Integer> pid, Sink sink, String actor) throws IOException {
        calls.add("export " + number + " " + agent + " by " + actor);
        sink.length(10_000);
        sink.write(0, new byte[] {0x7f, 'E', 'L', 'F'});
        sink.write(9_000, new byte[] {1});
    }

    @Override
    public CompletableFuture<Integer> restore(long number, String agent, String actor) {
        calls.add("restore " + number + " " + agent + " by " + actor);
        return CompletableFuture.completedFuture(4711);
    }

    @Override
    public CompletableFuture<Void> remove(long number, String actor) {
        calls.add("remove " + number + " by " + actor);
        return CompletableFuture.completedFuture(null);
    }
}
