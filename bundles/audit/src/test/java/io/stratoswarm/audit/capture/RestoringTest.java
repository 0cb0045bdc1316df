package io.stratoswarm.audit.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Wire;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.ProcessImages;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.capture.Captures.Agent;
import io.stratoswarm.api.capture.Captures.Capture;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.audit.capture.store.CaptureFolder;
import io.stratoswarm.audit.capture.store.CaptureWriter;
import io.stratoswarm.audit.capture.store.Part;
import io.stratoswarm.audit.capture.store.Sealing;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Restoring as far as it goes without CRIU; the end-to-end checks go on from there where it is installed. */
class RestoringTest {
    private static final String AGENT = "shop/a";
    private static final AgentSpec PLAIN = AgentSpec.of(List.of("/bin/true"));

    @TempDir
    Path temporary;

    private final ExecutorService workers = Executors.newSingleThreadExecutor();
    /** What the agent is declared as; empty where it is not. */
    private Optional<AgentSpec> spec = Optional.of(PLAIN);

    /** What it runs as after its next start. */
    private int next = 42;

    private int pid = (int) ProcessHandle.current().pid();
    private final List<String> told = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private CaptureFolder folder;
    private Path staged;
    private Restoring restoring;

    @BeforeEach
    void open() throws IOException {
        folder = CaptureFolder.open(
                temporary.resolve("captures"),
                fresh -> Sealing.open(temporary.resolve("captures.key"), fresh, new SecureRandom()),
                workers);
        staged = Files.createDirectory(temporary.resolve("staged"));
        restoring = new Restoring(Proc.host(), folder, agents(), () -> Optional.of(images()));
    }

    private ProcessImages images() {
        return new ProcessImages() {
            @Override
            public Path stage(String agent) {
                return staged;
            }

            @Override
            public void use(String agent, List<String> command) {
                done.add("use " + agent + " " + command.getFirst());
            }

            @Override
            public void discard(String agent) {
                done.add("discard " + agent);
            }
        };
    }

    private Agents agents() {
        return Agents.class.cast(Proxy.newProxyInstance(
                Agents.class.getClassLoader(),
                new Class<?>[] {Agents.class},
                (self, method, given) -> switch (method.getName()) {
                    case "get" -> new RunningAgents().with(AGENT, pid).get(AGENT);
                    case "spec" -> spec;
                    case "restart" -> {
                        done.add("restart " + given[0] + " by " + given[1]);
                        pid = next;
                        yield CompletableFuture.completedFuture(List.of(AGENT));
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                }));
    }

    @AfterEach
    void close() {
        workers.shutdownNow();
    }

    private static Capture capture(String mode, int pid, List<String> problems) {
        return new Capture(
                1,
                0,
                "tester",
                "a test",
                mode,
                false,
                List.of(new Agent(AGENT, List.of(pid), 1, 0, 0, 0, problems)),
                0,
                "",
                0,
                0,
                0,
                0,
                0,
                0,
                new Checkpoint(new UUID(0, 1), 0, ""),
                OptionalLong.of(1));
    }

    private String refused(Kind kind, Capture capture, String agent) {
        StratoswarmException refused = assertThrows(StratoswarmException.class, () -> restoring.plan(capture, agent));
        assertEquals(kind, refused.kind(), refused.getMessage());
        assertEquals(List.of(), done, "something was touched");
        return String.valueOf(refused.getMessage());
    }

    private void holding(int... numbers) throws IOException {
        Path images = Files.createDirectory(temporary.resolve("of " + numbers.length));
        for (int number : numbers) {
            Files.writeString(images.resolve("core-" + number + ".img"), "registers");
        }
        try (CaptureWriter writer = folder.begin(1)) {
            if (numbers.length > 0) {
                ProcessImageParts.add(AGENT, images, writer);
            }
            writer.part(Part.json("host/x", "{}"));
            writer.flush();
            writer.commit("{}");
        }
    }

    @Test
    void shouldRefuseACaptureWithoutImages() throws IOException {
        holding();
        assertTrue(refused(Kind.NOT_FOUND, capture(Captures.CRIU, pid, List.of()), "shop/b")
                .contains("does not hold"));
        assertTrue(refused(Kind.INVALID, capture(Captures.FORK, pid, List.of()), AGENT)
                .endsWith("it was taken in the mode fork, not in criu"));
        assertTrue(refused(Kind.INVALID, capture(Captures.CRIU, pid, List.of("a child has ended", "criu: no")), AGENT)
                .endsWith("criu: no"));
    }

    @Test
    void shouldRefuseWhatCannotWork() throws IOException {
        int other = (int) ProcessHandle.current().parent().orElseThrow().pid();
        holding(pid, other);
        Capture capture = capture(Captures.CRIU, pid, List.of("a child has ended"));
        assertTrue(refused(Kind.CONFLICT, capture, AGENT)
                .startsWith(
                        "'shop/a' had process or thread " + other + " in the capture 1 and needs that number again"));
        spec = Optional.of(PLAIN.with(List.of(new Wire("stdin", false, false)), Optional.empty()));
        assertTrue(refused(Kind.CONFLICT, capture, AGENT).startsWith("flows are connected to 'shop/a'"));
        spec = Optional.empty();
        assertTrue(refused(Kind.NOT_FOUND, capture, AGENT).contains("any more"));
    }

    private Restoring.Plan captured(byte[] large) throws IOException {
        Path images = Files.createDirectory(temporary.resolve("images"));
        Files.write(images.resolve("pages-1.img"), large);
        Files.write(images.resolve("empty.img"), new byte[0]);
        Files.writeString(images.resolve("pstree.img"), "short");
        try (CaptureWriter writer = folder.begin(1)) {
            ProcessImageParts.add(AGENT, images, writer);
            writer.flush();
            writer.commit("{}");
        }
        return new Restoring.Plan(
                capture(Captures.CRIU, 42, List.of()), AGENT, 42, new Criu(Path.of("/usr/sbin/criu"), "4.2"), images());
    }

    private Receipt tell(String type, List<Cause> causes, ObjectNode payload) {
        told.add(type + " " + causes.size() + " " + payload);
        return new Receipt(new UUID(0, 1), told.size(), 1, told.size(), 0, false);
    }

    @Test
    void shouldLayOutTheImagesAsTheyWereAndStartTheAgentFromThem() throws IOException {
        byte[] large = new byte[3 * 65_536 + 17];
        new Random(7).nextBytes(large);
        Arrays.fill(large, 70_000, 90_000, (byte) 0);
        assertEquals(42, restoring.carryOut(captured(large), "tester", this::tell));
        assertEquals(List.of("use shop/a /usr/sbin/criu", "restart shop/a by tester", "discard shop/a"), done);
        assertEquals(
                List.of(
                        "RestoreRequested 0 {\"number\":1,\"agent\":\"shop/a\"}",
                        "AgentRestored 1 {\"number\":1,\"agent\":\"shop/a\",\"incarnation\":1,\"pid\":42}"),
                told);
        assertArrayEquals(large, Files.readAllBytes(staged.resolve("pages-1.img")));
        assertEquals(0, Files.size(staged.resolve("empty.img")));
        assertEquals("short", Files.readString(staged.resolve("pstree.img")));
    }

    @Test
    void shouldTellWhereTheCommandWasStartedInstead() throws IOException {
        next = 43;
        Restoring.Plan plan = captured(new byte[5]);
        StratoswarmException failed =
                assertThrows(StratoswarmException.class, () -> restoring.carryOut(plan, "tester", this::tell));
        assertTrue(
                String.valueOf(failed.getMessage()).contains("its command was started instead"), failed.getMessage());
        assertTrue(told.getLast().startsWith("RestoreFailed 1 "), told.toString());
        assertEquals("discard shop/a", done.getLast());
    }
}
