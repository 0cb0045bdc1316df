package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.log.TransparencyLog;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A log of one checkpoint and one tile. */
final class InMemoryLog implements TransparencyLog {
    static final String CHECKPOINT = "example/log\n1\nAAAA\n\n— example/log AAAA\n";

    final List<String> calls = new CopyOnWriteArrayList<>();
    private final Map<String, Resource> files = Map.of(
            "checkpoint",
            new Resource(CHECKPOINT.getBytes(StandardCharsets.UTF_8), "text/plain; charset=utf-8", false),
            "tile/entries/000.p/1",
            new Resource(new byte[2], "application/octet-stream", true),
            "tile/0/000.p/1",
            new Resource(new byte[32], "application/octet-stream", true));

    @Override
    public Optional<Resource> get(String path) {
        return Optional.ofNullable(files.get(path));
    }

    @Override
    public String sign() {
        calls.add("sign");
        return CHECKPOINT;
    }

    @Override
    public Status status() {
        return new Status(
                "example/log",
                List.of(new Key("example/log+01+B", true, 2, 0), new Key("example/log+00+A", false, 1, 5)),
                1,
                "ab".repeat(32),
                InMemoryAgents.NOON,
                2,
                List.of("witness+02+C"),
                "something is wrong");
    }

    @Override
    public Key rotate(boolean lost, String actor) {
        calls.add("rotate " + lost + " " + actor);
        return new Key("example/log+02+C", true, 3, 0);
    }

    @Override
    public List<String> cosign(String note, String actor) {
        if (!note.equals(CHECKPOINT)) {
            throw new StratoswarmException(Kind.INVALID, "this is no signed note");
        }
        calls.add("cosign " + actor);
        return List.of("witness");
    }
}
