package io.stratoswarm.graphops.endpoint;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.graph.DataType;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.graphops.node.NodeRig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest {
    @TempDir
    Path folder;

    private Path file;
    private NodeRig rig;

    @BeforeEach
    void open() throws IOException {
        file = folder.resolve("app.log");
        rig = new NodeRig(folder, new SourceType(System::nanoTime));
        rig.flow("log.stdout", "sink.stdin", Framing.LINES, DataType.TEXT, 1_000);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private NodeRig.Agent source(String more) {
        return rig.start("log", "source", "{\"file\":{\"path\":\"" + file + "\"" + more + "}}", ">stdout");
    }

    private void append(String text) throws IOException {
        Files.writeString(file, text, CREATE, APPEND);
    }

    @Test
    void shouldGiveAWholeFileAndEnd() throws Exception {
        append("one\ntwo\nlast without newline");
        NodeRig.Agent source = source(",\"follow\":false");
        assertEquals(0, source.ended(), source.message);
        assertEquals(List.of("one", "two", "last without newline"), source.lines(3));
        source.assertNothingMore();
    }

    @Test
    void shouldSayThatAFileIsMissing() throws Exception {
        NodeRig.Agent source = source(",\"follow\":false");
        assertEquals(1, source.ended());
        assertTrue(source.message.contains(file + " is not there"), source.message);
    }

    @Test
    void shouldSayThatADirectoryIsNoFile() throws Exception {
        Files.createDirectory(file);
        NodeRig.Agent source = source("");
        assertEquals(1, source.ended());
        assertTrue(source.message.contains("is a directory"), source.message);
    }

    @Test
    void shouldWaitForAFileThatAppearsLater() throws Exception {
        NodeRig.Agent source = source(",\"from\":\"end\"");
        NodeRig.await("it waits", () -> source.waits.contains("not there yet"));
        append("first\n");
        assertEquals(List.of("first"), source.lines(1));
        assertEquals("", source.waits);
        assertTrue(source.ready);
    }

    @Test
    void shouldFollowFromTheEndAndWaitForWholeLines() throws Exception {
        append("old\nhalf");
        NodeRig.Agent source = source(",\"from\":\"end\"");
        source.awaitReady();
        append(" of an old line\nne");
        append("w\n");
        assertEquals(List.of("new"), source.lines(1));
        source.stop();
    }

    @Test
    void shouldFollowAcrossRotation() throws Exception {
        append("a\n");
        NodeRig.Agent source = source("");
        assertEquals(List.of("a"), source.lines(1));
        Files.move(file, folder.resolve("app.log.1"));
        Files.writeString(folder.resolve("app.log.1"), "late\n", APPEND);
        append("b\n");
        assertEquals(List.of("late", "b"), source.lines(2));
        append("c\n");
        assertEquals(List.of("c"), source.lines(1));
        source.stop();
        source.assertNothingMore();
    }

    @Test
    void shouldReadATruncatedFileFromItsBeginning() throws Exception {
        append("first line\n");
        NodeRig.Agent source = source("");
        assertEquals(List.of("first line"), source.lines(1));
        Files.writeString(file, "new\n");
        assertEquals(List.of("new"), source.lines(1));
        source.stop();
    }

    @Test
    void shouldNoticeThatATruncatedFileHasGrownBeyondWhatWasRead() throws Exception {
        append("first\n");
        NodeRig.Agent source = source("");
        assertEquals(List.of("first"), source.lines(1));
        source.stop();
        Files.writeString(file, "a longer text than before\n");
        NodeRig.Agent again = source("");
        assertEquals(List.of("a longer text than before"), again.lines(1));
        again.stop();
    }

    @Test
    void shouldGoOnWhereItWas() throws Exception {
        append("a\nb\nhalf");
        NodeRig.Agent source = source("");
        assertEquals(List.of("a", "b"), source.lines(2));
        source.kill();
        append(" and half\nc\n");
        rig.restart();
        NodeRig.Agent again = source("");
        assertEquals(List.of("half and half", "c"), again.lines(2));
        again.stop();
        again.assertNothingMore();
    }

    @Test
    void shouldFinishFilesThatWereRotatedMeanwhile() throws Exception {
        append("a\n");
        NodeRig.Agent source = source("");
        assertEquals(List.of("a"), source.lines(1));
        source.stop();
        append("b\n");
        Files.move(file, folder.resolve("app.log.2"));
        Thread.sleep(20);
        append("c\n");
        Files.move(file, folder.resolve("app.log.1"));
        Thread.sleep(20);
        append("d\n");
        Files.writeString(folder.resolve("app.log.bak"), "no\n");
        NodeRig.Agent again = source("");
        assertEquals(List.of("b", "c", "d"), again.lines(3));
        again.stop();
        again.assertNothingMore();
    }

    @Test
    void shouldSayThatAFileIsGoneAndReadTheNewOne() throws Exception {
        append("a\n");
        NodeRig.Agent source = source("");
        assertEquals(List.of("a"), source.lines(1));
        source.stop();
        Files.delete(file);
        append("b\n");
        NodeRig.Agent again = source("");
        assertEquals(List.of("b"), again.lines(1));
    }

    @Test
    void shouldGiveTheBeginningOfALineThatIsTooLong() throws Exception {
        append("x".repeat(300_000) + "\nafter\n");
        append("y".repeat(300_000));
        NodeRig.Agent source = source("");
        assertEquals(List.of("x".repeat(1_001), "after", "y".repeat(1_001)), source.lines(3));
        source.stop();
        append("yy\nend\n");
        NodeRig.Agent again = source("");
        assertEquals(List.of("end"), again.lines(1));
        again.stop();
    }

    @Test
    void shouldGiveBytesAsTheyAre() throws Exception {
        rig.flow("raw.stdout", "sink.stdin", Framing.BYTES, DataType.BYTES, 1_000);
        byte[] bytes = {1, 2, '\n', 0, '\n', '\n', -1};
        Files.write(file, bytes);
        NodeRig.Agent source =
                rig.start("raw", "source", "{\"file\":{\"path\":\"" + file + "\",\"follow\":false}}", ">stdout");
        assertEquals(0, source.ended(), source.message);
        assertArrayEquals(bytes, source.bytes());
    }

    @Test
    void shouldWaitWhileNobodyReads() throws Exception {
        List<String> lines = IntStream.range(0, 200_000)
                .mapToObj(i -> "line " + i + " ".repeat(20))
                .toList();
        append(String.join("\n", lines) + "\n");
        NodeRig.Agent source = source(",\"follow\":false");
        source.awaitReady();
        Thread.sleep(200);
        assertTrue(!source.status.isDone(), "it must wait for room");
        assertEquals(lines, source.lines(lines.size()));
        assertEquals(0, source.ended(), source.message);
    }
}
