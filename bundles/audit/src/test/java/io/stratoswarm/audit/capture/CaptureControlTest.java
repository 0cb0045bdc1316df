package io.stratoswarm.audit.capture;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.journal.Event;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureControlTest {
    private static final String TARGET = """
            import mmap, os, signal, socket, sys, time
            block = mmap.mmap(-1, 8 << 20)
            for page in range(0, 8 << 20, 4096):
                block[page:page + 4096] = os.urandom(4096)
            held = open(sys.argv[1], 'w+'); held.write('twelve bytes'); held.flush()
            server = socket.create_server(('127.0.0.1', 0)); client = socket.create_connection(server.getsockname())
            ends = os.pipe(); os.write(ends[1], b'in flight')
            def change(*_):
                for page in range(0, 20):
                    block[page * 409600:page * 409600 + 8] = os.urandom(8)
            signal.signal(signal.SIGUSR1, change)
            print('ready', flush=True)
            while True:
                signal.pause()
            """;

    @TempDir
    Path folder;

    private TargetProcess target() throws Exception {
        return TargetProcess.start(
                folder,
                "env",
                "SECRET=hush",
                "python3",
                "-c",
                TARGET,
                folder.resolve("held").toString());
    }

    private String text(CaptureRig rig, long number, String part) {
        return new String(rig.control.part(number, part, "tester").bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldCaptureWhatAnAgentHasAndProveEachPart() throws Exception {
        try (TargetProcess target = target();
                CaptureRig rig =
                        new CaptureRig(folder.resolve("data"), new RunningAgents().with("shop/api.0", target.pid))) {
            Captures.Capture capture = rig.capture(false);
            assertFalse(capture.partial(), () -> capture.agents().toString());
            assertTrue(target.free());
            String own = "agent/shop/api.0/" + target.pid + "/";
            assertTrue(text(rig, 1, own + "environment").contains("SECRET=hush"));
            JsonNode files = Json.parse(text(rig, 1, own + "files"));
            JsonNode held = null;
            JsonNode pipe = null;
            for (JsonNode file : files) {
                held = file.path("target").asText().endsWith("/held") ? file : held;
                pipe = file.has("waitingBytes") ? file : pipe;
            }
            assertEquals(
                    12, java.util.Objects.requireNonNull(held).path("offset").asInt());
            assertTrue(held.path("flags").asText().endsWith("2"), "opened for reading and writing: " + held);
            assertEquals(
                    9,
                    java.util.Objects.requireNonNull(pipe).path("waitingBytes").asInt());
            String sockets = text(rig, 1, own + "sockets");
            assertTrue(sockets.contains("LISTEN") && sockets.contains("ESTABLISHED"), sockets);
            assertTrue(text(rig, 1, "agent/shop/api.0/gpu").contains("unavailable"));
            assertTrue(text(rig, 1, "host/kernel").contains("Linux version"));
            assertTrue(text(rig, 1, "host/mounts").contains(" / "));

            Captures.Verification verification = rig.control.verify(1);
            assertEquals(List.of(), verification.problems());
            Event event = rig.events("StateCaptured").getFirst();
            assertEquals(
                    capture.root(), Json.parse(event.payloadText()).path("root").asText());
            assertEquals(event.sequence(), capture.event().orElseThrow());
            assertEquals(1, event.causes().size(), "caused by what asked for it");
            for (Captures.PartInfo part : rig.control.parts(1, "")) {
                assertEquals(capture.root(), rootBy(rig.control.prove(1, part.name())));
            }
            assertEquals(
                    2,
                    capture.parts()
                            - rig.control.parts(1, "agent/shop/api.0").size()
                            - rig.control.parts(1, "host/").size());
        }
    }

    /** Folds a proof by the text of RFC 9162, 2.1.3.2, with nothing of the code that made it. */
    private static String rootBy(Captures.Proof proof) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        HexFormat hex = HexFormat.of();
        byte[] hash = hex.parseHex(proof.part().leafHash());
        long fn = proof.part().index();
        long sn = proof.size() - 1;
        for (String each : proof.path()) {
            byte[] p = hex.parseHex(each);
            sha256.update((byte) 1);
            if ((fn & 1) == 1 || fn == sn) {
                sha256.update(p);
                hash = sha256.digest(hash);
                while ((fn & 1) == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                sha256.update(hash);
                hash = sha256.digest(p);
            }
            fn >>= 1;
            sn >>= 1;
        }
        return sn == 0 ? hex.formatHex(hash) : "the path has a wrong length";
    }

    @Test
    void shouldStoreOnlyWhatChangedAndTellWhatDid() throws Exception {
        try (TargetProcess target = target();
                CaptureRig rig =
                        new CaptureRig(folder.resolve("data"), new RunningAgents().with("shop/api", target.pid))) {
            Captures.Capture first = rig.capture(false, "shop");
            assertTrue(first.storedBytes() > 8 << 20);
            new ProcessBuilder("kill", "-USR1", String.valueOf(target.pid))
                    .start()
                    .waitFor();
            TimeUnit.MILLISECONDS.sleep(300);
            Captures.Capture second = rig.capture(false, "shop/api");
            assertTrue(second.changedPages() >= 20 && second.changedPages() < 150, second::toString);
            assertTrue(second.storedBytes() < first.storedBytes() / 10, second::toString);
            Captures.Diff diff = rig.control.diff(1, 2, "tester");
            long pages = diff.differences().stream()
                    .filter(it -> it.name().contains("/memory/"))
                    .mapToLong(Captures.Difference::pages)
                    .sum();
            assertTrue(pages >= 20 && pages <= second.changedPages() + 20, pages + " of " + second.changedPages());
            assertEquals(List.of(), rig.control.verify(1).problems());
            assertEquals(List.of(), rig.control.verify(2).problems());
            // The bytes that are given back are those of the process, which has stood still since.
            Captures.PartInfo part = rig.control
                    .parts(2, "agent/shop/api/" + target.pid + "/memory/")
                    .get(40);
            long address = Long.parseLong(part.name().substring(part.name().lastIndexOf('/') + 1), 16);
            byte[] ours = rig.control.part(2, part.name(), "tester").bytes();
            byte[] theirs = new byte[ours.length];
            try (java.io.RandomAccessFile memory = new java.io.RandomAccessFile("/proc/" + target.pid + "/mem", "r")) {
                memory.seek(address);
                int read = memory.read(theirs);
                assertArrayEquals(java.util.Arrays.copyOf(theirs, read), java.util.Arrays.copyOf(ours, read));
            }
            rig.control.remove(1, "tester").join();
            assertEquals(List.of(), rig.control.verify(2).problems());
            assertEquals(
                    Kind.NOT_FOUND,
                    assertThrows(StratoswarmException.class, () -> rig.control.get(1))
                            .kind());
        }
    }

    @Test
    void shouldStopAllAtOneMomentWhereAskedTo() throws Exception {
        char[] states = new char[2];
        TargetProcess[] targets = new TargetProcess[2];
        try (TargetProcess first = target();
                TargetProcess second = target()) {
            targets[0] = first;
            targets[1] = second;
            StopCopy.Moment moment = () -> {
                states[0] = targets[0].state();
                states[1] = targets[1].state();
            };
            try (CaptureRig rig = new CaptureRig(
                    folder.resolve("data"),
                    new RunningAgents().with("g/a", first.pid).with("g/b", second.pid),
                    CaptureSettings.DEFAULT,
                    moment)) {
                Captures.Capture capture = rig.capture(true);
                assertArrayEquals(new char[] {'t', 't'}, states);
                assertEquals(0, capture.spreadMicros());
                assertTrue(first.free() && second.free());
                assertTrue(text(rig, 1, "agents/pipes").contains("\"waitingBytes\":9"));
                assertTrue(rig.capture(false).spreadMicros() > 0);
                // The heaps of both differ, but what they loaded is stored once.
                assertTrue(capture.pages() > capture.storedBytes() / 4096, capture::toString);
            }
        }
    }

    @Test
    void shouldRecordWhoReadsOnceAMinute() throws Exception {
        try (TargetProcess target = target();
                CaptureRig rig = new CaptureRig(folder.resolve("data"), new RunningAgents().with("g/a", target.pid))) {
            rig.capture(false);
            for (int i = 0; i < 50; i++) {
                rig.control.part(1, "host/kernel", "uid:7");
            }
            rig.control.part(1, "host/kernel", "uid:8");
            assertEquals(2, rig.events("CaptureRead").size());
        }
    }

    @Test
    void shouldKeepAsManyAsTheSettingsSay() throws Exception {
        CaptureSettings two = CaptureSettings.of(java.util.Map.of("capture.keep.count", "2"));
        try (CaptureRig rig = new CaptureRig(folder.resolve("data"), new RunningAgents(), two, () -> {})) {
            for (int i = 0; i < 4; i++) {
                rig.control
                        .capture(
                                new Captures.Request(List.of(), Captures.STOP_COPY, false, true, "", List.of()),
                                "tester")
                        .join();
            }
            rig.control.remove(3, "tester").join();
            assertEquals(
                    List.of(4L),
                    rig.control.list(10).stream().map(Captures.Capture::number).toList());
            assertEquals(3, rig.events("CaptureRemoved").size());
        }
    }

    @Test
    void shouldMakeUpForAnEventThatAKillPrevented() throws Exception {
        Path data = folder.resolve("data");
        try (CaptureRig rig = new CaptureRig(data, new RunningAgents())) {
            CaptureRun.Order order = new CaptureRun.Order(
                    rig.folder.nextNumber(),
                    new Captures.Request(List.of(), Captures.STOP_COPY, false, true, "", List.of()),
                    java.util.Map.of(),
                    "tester",
                    1,
                    rig.opened.journal().checkpoint());
            new CaptureRun(
                            new CaptureRun.Tools(
                                    Proc.host(),
                                    rig.folder,
                                    new SeenPages(),
                                    new Trackers(),
                                    new PageHash(new java.util.Random(1)),
                                    System::nanoTime,
                                    () -> {}),
                            CaptureSettings.DEFAULT,
                            order)
                    .take();
            assertFalse(rig.control.verify(1).good(), "no event holds its root");
        }
        try (CaptureRig rig = new CaptureRig(data, new RunningAgents())) {
            for (int i = 0; i < 500 && rig.events("StateCaptured").isEmpty(); i++) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            assertTrue(rig.control.verify(1).good());
        }
    }

    @Test
    void shouldNoticeEveryChangeOfAStoredCapture() throws Exception {
        Path data = folder.resolve("data");
        try (CaptureRig rig = new CaptureRig(data, new RunningAgents())) {
            rig.control
                    .capture(new Captures.Request(List.of(), Captures.STOP_COPY, false, true, "", List.of()), "tester")
                    .join();
            Path pack = data.resolve("captures/packs/1.pack");
            byte[] bytes = Files.readAllBytes(pack);
            bytes[100] ^= 1;
            Files.write(pack, bytes);
            Captures.Verification verification = rig.control.verify(1);
            assertFalse(verification.good());
        }
    }

    @Test
    void shouldCaptureBeforeRiskyActionsWhereAskedTo() throws Exception {
        CaptureSettings asked = CaptureSettings.of(java.util.Map.of("capture.before.risky", "true"));
        try (TargetProcess target = target();
                CaptureRig rig = new CaptureRig(
                        folder.resolve("data"), new RunningAgents().with("g/a", target.pid), asked, () -> {})) {
            assertEquals(
                    "before: a test",
                    rig.control
                            .beforeRisky(List.of("g"), "a test", "tester")
                            .join()
                            .orElseThrow()
                            .reason());
            assertTrue(rig.control
                    .beforeRisky(List.of("none"), "a test", "tester")
                    .join()
                    .isEmpty());
            rig.control.configure(CaptureSettings.DEFAULT);
            assertTrue(rig.control
                    .beforeRisky(List.of("g"), "a test", "tester")
                    .join()
                    .isEmpty());
        }
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        try (CaptureRig rig = new CaptureRig(folder.resolve("data"), new RunningAgents().with("g/down", 0))) {
            assertEquals(Kind.INVALID, kind(rig, "film"));
            CompletionException unknown = assertThrows(CompletionException.class, () -> rig.capture(false, "nobody"));
            assertTrue(String.valueOf(unknown.getCause()).contains("there is no agent"));
            CompletionException down = assertThrows(CompletionException.class, () -> rig.capture(false, "g"));
            assertTrue(String.valueOf(down.getCause()).contains("has a process now"));
        }
    }

    private static Kind kind(CaptureRig rig, String mode) {
        return assertThrows(
                        StratoswarmException.class,
                        () -> rig.control.capture(
                                new Captures.Request(List.of(), mode, false, false, "", List.of()), "tester"))
                .kind();
    }
}
