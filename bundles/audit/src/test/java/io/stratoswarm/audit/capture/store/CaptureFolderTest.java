package io.stratoswarm.audit.capture.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptureFolderTest {
    @TempDir
    Path root;

    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final Random random = new Random(42);

    @AfterEach
    void end() {
        workers.shutdownNow();
    }

    private CaptureFolder open() {
        return CaptureFolder.open(
                root.resolve("captures"),
                fresh -> Sealing.open(root.resolve("keys/captures.key"), fresh, random),
                workers);
    }

    private byte[] page(long seed) {
        byte[] page = new byte[Range.PAGE];
        new Random(seed).nextBytes(page);
        return page;
    }

    private Manifest capture(CaptureFolder folder, long from, long to) {
        long number = folder.nextNumber();
        try (CaptureWriter writer = folder.begin(number)) {
            writer.part(Part.json("host/memory", "{\"free\":" + number + "}"));
            for (long base = from; base < to; base += Range.PAGES) {
                Range range = Range.empty();
                for (int i = 0; i < Range.PAGES && base + i < to; i++) {
                    range.kinds()[i] = Range.STORED;
                    range.pages()[i] = writer.page(page(base + i));
                }
                writer.part(new Part("memory/" + base, Part.MEMORY, range.content()));
            }
            writer.flush();
            return writer.commit("{\"n\":" + number + "}");
        }
    }

    private void check(CaptureFolder folder, long number, long from, long to) {
        Manifest manifest = folder.manifest(number);
        try (Objects objects = folder.objects()) {
            long page = from;
            for (Manifest.Leaf leaf : manifest.leaves()) {
                Part part = objects.part(leaf);
                if (leaf.mediaType().equals(Part.MEMORY)) {
                    for (byte[] address : Range.parse(part.content()).pages()) {
                        if (address != null) {
                            assertArrayEquals(page(page++), objects.page(address));
                        }
                    }
                }
            }
            assertEquals(to, page);
        }
    }

    @Test
    void shouldGiveBackWhatWasStoredAndStoreItOnce() {
        CaptureFolder folder = open();
        assertEquals(1, capture(folder, 0, 500).number());
        long first = folder.bytes();
        assertEquals(2, capture(folder, 0, 500).number());
        assertTrue(folder.bytes() - first < 8_000, "the second one needs a manifest and a part");
        folder = open();
        check(folder, 1, 0, 500);
        check(folder, 2, 0, 500);
        assertEquals("{\"n\":2}", folder.manifest(2).meta());
    }

    @Test
    void shouldGiveBackSpaceAndKeepWhatOthersNeed() {
        CaptureFolder folder = open();
        capture(folder, 0, 400);
        capture(folder, 300, 500);
        long both = folder.bytes();
        folder.remove(1);
        folder.sweep();
        assertTrue(folder.bytes() < both * 2 / 3, folder.bytes() + " of " + both);
        check(folder, 2, 300, 500);
        folder.remove(2);
        folder.sweep();
        assertEquals(List.of(), folder.captures());
        assertTrue(folder.bytes() < 200);
        assertEquals(3, folder.nextNumber(), "numbers are not used again");
    }

    @Test
    void shouldKeepNothingReadableOnTheDisk() throws IOException {
        CaptureFolder folder = open();
        try (CaptureWriter writer = folder.begin(1)) {
            writer.part(Part.json("agent/secret", "\"the password of the house\"".repeat(50)));
            writer.flush();
            writer.commit("{\"plain\":\"the password of the house\"}");
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String text = new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
                assertFalse(text.contains("password") || text.contains("secret"), file.toString());
                assertEquals(
                        "rw-------",
                        java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
    }

    @Test
    void shouldRefuseToBeginAnewWhereTheKeyIsLost() throws IOException {
        capture(open(), 0, 3);
        Files.delete(root.resolve("keys/captures.key"));
        StratoswarmException refused = assertThrows(StratoswarmException.class, this::open);
        assertTrue(String.valueOf(refused.getMessage()).contains("put it back"));
    }

    /** Every state that a kill can leave behind is a prefix of the writes; renames and removals are taken back one by one here. */
    @Test
    void shouldForgetAHalfWrittenCapture() throws IOException {
        CaptureFolder folder = open();
        capture(folder, 0, 100);
        Path captures = root.resolve("captures");
        try (CaptureWriter writer = folder.begin(2)) {
            writer.page(page(1_000));
            writer.flush();
            // Killed here: a pack is there, its manifest is not.
            assertTrue(Files.exists(captures.resolve("packs/2.pack")));
            Files.write(captures.resolve("2.capture.new"), new byte[10]);
            Files.write(captures.resolve("packs/3.pack.new"), new byte[10]);
        }
        CaptureFolder again = open();
        assertEquals(List.of(1L), again.captures());
        assertFalse(Files.exists(captures.resolve("packs/2.pack")));
        assertFalse(Files.exists(captures.resolve("packs/3.pack.new")));
        assertFalse(Files.exists(captures.resolve("writing")));
        check(again, 1, 0, 100);
    }

    @Test
    void shouldTellDamageAndNeverGiveWrongBytes() throws IOException {
        CaptureFolder folder = open();
        Manifest manifest = capture(folder, 0, 64);
        Path pack = root.resolve("captures/packs/1.pack");
        byte[] good = Files.readAllBytes(pack);
        int noticed = 0;
        for (int i = 0; i < 200; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(pack, bad);
            try (Objects objects = folder.objects()) {
                for (Manifest.Leaf leaf : manifest.leaves()) {
                    Part part = objects.part(leaf);
                    if (leaf.mediaType().equals(Part.MEMORY)) {
                        Arrays.stream(Range.parse(part.content()).pages())
                                .filter(java.util.Objects::nonNull)
                                .forEach(objects::page);
                    }
                }
            } catch (StratoswarmException e) {
                assertEquals(StratoswarmException.Kind.DAMAGED, e.kind());
                noticed++;
            }
        }
        assertEquals(200, noticed);
    }

    @Test
    void shouldMakeTheTreeOfRfc6962() {
        // The tree of https://github.com/google/certificate-transparency, merkle_tree_test.cc, over its eight inputs.
        List<byte[]> leaves = new ArrayList<>();
        for (String input : List.of(
                "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")) {
            leaves.add(Part.hash(Sealing.sha256(), HexFormat.of().parseHex(input)));
        }
        assertEquals(
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
                HexFormat.of().formatHex(MerkleTree.root(leaves)));
        for (int size = 1; size <= leaves.size(); size++) {
            List<byte[]> some = leaves.subList(0, size);
            for (int leaf = 0; leaf < size; leaf++) {
                List<byte[]> path = MerkleTree.path(some, leaf);
                byte[] root = MerkleTree.root(some);
                assertTrue(MerkleTree.proves(leaves.get(leaf), leaf, size, path, root));
                assertFalse(MerkleTree.proves(leaves.get(leaf ^ 1), leaf, size, path, root));
            }
        }
    }
}
