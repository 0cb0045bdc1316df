package io.stratoswarm.graphops.endpoint;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.graphops.node.NodeRig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSinkTest {
    @TempDir
    Path folder;

    private Path file;
    private NodeRig rig;

    @BeforeEach
    void open() throws IOException {
        file = folder.resolve("out.log");
        rig = new NodeRig(folder, new SinkType(System::nanoTime));
        rig.flow("log.stdout", "out.stdin", Framing.LINES, DataType.TEXT, 1_000);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private NodeRig.Agent sink(String more) {
        return rig.start("out", "sink", "{\"file\":{\"path\":\"" + file + "\"" + more + "}}", "stdin");
    }

    private void awaitText(String text) throws InterruptedException {
        NodeRig.await("the text is in the file", () -> {
            try {
                return Files.exists(file) && Files.readString(file).equals(text);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    @Test
    void shouldAppendLinesAndCompleteATornOne() throws Exception {
        Files.writeString(file, "before\ntorn");
        NodeRig.Agent sink = sink("");
        sink.give("one", "two");
        awaitText("before\ntorn\none\ntwo\n");
        sink.stop();
        NodeRig.Agent again = sink("");
        again.give("three");
        awaitText("before\ntorn\none\ntwo\nthree\n");
    }

    @Test
    void shouldReplaceOnceAndEndWithItsInput() throws Exception {
        Files.writeString(file, "before\n");
        NodeRig.Agent sink = sink(",\"append\":false");
        sink.give("one");
        awaitText("one\n");
        sink.kill();
        NodeRig.Agent again = sink(",\"append\":false");
        again.give("two");
        again.give("rest".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        again.endInput();
        assertEquals(0, again.ended(), again.message);
        awaitText("one\ntwo\nrest\n");
        NodeRig.Agent anew = sink(",\"append\":false");
        anew.give("three");
        awaitText("three\n");
    }

    @Test
    void shouldWriteToANewFileAfterRotation() throws Exception {
        NodeRig.Agent sink = sink("");
        sink.give("one");
        awaitText("one\n");
        Files.move(file, folder.resolve("out.log.1"));
        sink.give("two");
        awaitText("two\n");
        assertEquals("one\n", Files.readString(folder.resolve("out.log.1")));
    }

    @Test
    void shouldKeepRecordsWhileTheDiskIsFull() throws Exception {
        Path full = Path.of("/dev/full");
        file = folder.resolve("folder/out.log");
        NodeRig.Agent sink = sink("");
        assertEquals(1, sink.ended());
        assertTrue(sink.message.contains("out.log"), sink.message + full);
        sink.give("one", "two");
        Files.createDirectory(folder.resolve("folder"));
        NodeRig.Agent again = sink("");
        awaitText("one\ntwo\n");
        again.stop();
    }

    @Test
    void shouldNotWriteOverWhatSomebodyElseHasWritten() throws Exception {
        NodeRig.Agent sink = sink("");
        sink.give("one");
        awaitText("one\n");
        sink.stop();
        Files.writeString(file, "theirs\n", APPEND);
        NodeRig.Agent again = sink("");
        again.give("two");
        awaitText("one\ntheirs\ntwo\n");
    }

    @Test
    void shouldWriteRecordsWithNewlinesAsTheyCame() throws Exception {
        rig.flow("bin.stdout", "pre.stdin", Framing.LENGTH_PREFIXED, DataType.BYTES, 1_000);
        NodeRig.Agent sink = rig.start("pre", "sink", "{\"file\":{\"path\":\"" + file + "\"}}", "stdin");
        byte[] framed = {0, 0, 0, 3, 'a', '\n', 'b', 0, 0, 0, 0, 0, 0, 0, 1, 'c'};
        sink.give(framed);
        awaitText(new String(framed, java.nio.charset.StandardCharsets.UTF_8));
    }
}
