package io.stratoswarm.audit.compliance;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.decision.DecisionOrigin;
import io.stratoswarm.api.decision.DecisionRecorded;
import io.stratoswarm.api.decision.Decisions.Made;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Event;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.EventQuery;
import io.stratoswarm.api.script.Scripts;
import io.stratoswarm.core.decision.DecisionBook;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Rules on a real journal and a real log of decisions; agents, graphs and what the scripts answer as the test says. */
abstract class RuleBookRig {
    private static final DecisionOrigin BY_SEVEN = new DecisionOrigin("console", "api", "uid:7", List.of());

    @TempDir
    Path folder;

    final List<AgentStatus> agents = new ArrayList<>();
    final List<String> commands = new ArrayList<>();
    Instant now = Instant.parse("2026-11-26T12:00:00Z");
    long nanos;
    Path own;
    Path shipped;
    OpenJournal open;
    DecisionBook decisions;
    RuleBook book;
    /** The host of scripts; none where it is empty. */
    Optional<Scripts> scripts = Optional.empty();

    @BeforeEach
    final void open() throws IOException {
        own = Files.createDirectories(folder.resolve("own"));
        shipped = Files.createDirectories(folder.resolve("shipped"));
        open = new OpenJournal(folder.resolve("data"), JournalOptions.DEFAULT, () -> now, new SecureRandom());
        open.projections().add(DecisionBook.projection());
        open.projections().add(RuleBook.projection());
        List<io.stratoswarm.api.decision.DecisionGate> gates = new ArrayList<>();
        decisions = new DecisionBook(open.journal(), open.projections(), Optional::empty, () -> gates, () -> now);
        int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        book = new RuleBook(
                shipped,
                own,
                uid,
                new RuleBook.Parts(
                        open.journal(),
                        open.projections(),
                        open.blobs(),
                        decisions,
                        () -> Optional.of(agents()),
                        () -> Optional.of(graphs()),
                        () -> scripts,
                        () -> now,
                        () -> nanos));
        gates.add(book.gate());
        step();
    }

    @AfterEach
    final void close() {
        open.close();
    }

    void step() {
        nanos += Duration.ofSeconds(20).toNanos();
        now = now.plusSeconds(20);
        book.step();
    }

    Agents agents() {
        return Agents.class.cast(Proxy.newProxyInstance(
                Agents.class.getClassLoader(),
                new Class<?>[] {Agents.class},
                (self, method, given) -> switch (method.getName()) {
                    case "list" -> List.copyOf(agents);
                    case "stop" -> {
                        commands.add("stop " + given[0] + " by " + given[1]);
                        yield CompletableFuture.completedFuture(List.of((String) given[0]));
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                }));
    }

    Graphs graphs() {
        return Graphs.class.cast(Proxy.newProxyInstance(
                Graphs.class.getClassLoader(),
                new Class<?>[] {Graphs.class},
                (self, method, given) -> switch (method.getName()) {
                    case "list" -> List.of(new Graphs.Summary("shop", 3, "", List.copyOf(agents)));
                    case "rollback" -> {
                        commands.add("rollback " + given[0] + " by " + given[3]);
                        yield CompletableFuture.completedFuture(new Graphs.Applied("shop", 4, List.of()));
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                }));
    }

    static AgentStatus agent(String id, AgentPhase phase, long restarts) {
        return new AgentStatus(
                id,
                "shop",
                "web",
                0,
                phase,
                "",
                1,
                OptionalInt.empty(),
                OptionalLong.empty(),
                1,
                restarts,
                Optional.empty(),
                "x");
    }

    void write(Path where, String name, String text) throws IOException {
        Path file = where.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    Made decide(String id, String type) {
        return decide(id, type, "shop/web");
    }

    Made decide(String id, String type, String about) {
        return decisions.decide(
                new DecisionRecorded(id, about, type, Map.of("n", "3"), List.of("do nothing"), "why", 0.5, Map.of()),
                BY_SEVEN);
    }

    Event happen(String type, String subject, String json) {
        long at = open.journal()
                .append(Append.of(EventDraft.json(type, "core.agent", subject, "uid:7", List.of(), json)))
                .join()
                .firstSequence();
        return open.journal().get(at).orElseThrow();
    }

    List<Event> events(String type) {
        return open.journal().read(EventQuery.all().type(type));
    }

    void reactToAll() throws Exception {
        for (Event event : open.journal().read(EventQuery.all())) {
            book.reactor().on(event);
        }
    }
}
