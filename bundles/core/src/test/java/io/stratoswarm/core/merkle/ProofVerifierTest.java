package io.stratoswarm.core.merkle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ProofVerifierTest {
    private final TreeHasher hasher = new TreeHasher();
    private final ProofVerifier verifier = new ProofVerifier(hasher);

    private static Path cases(String kind) {
        Path root = Path.of(System.getProperty("stratoswarm.repository.root", "."))
                .resolve("../shared/data/merkle/testdata");
        Path folder = root.resolve(kind);
        assumeTrue(Files.isDirectory(folder), "the shared proof cases are not here: " + folder);
        return folder;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private static byte[] bytes(JsonNode node) {
        return Base64.getDecoder().decode(node.asText(""));
    }

    private static List<byte[]> path(JsonNode node) {
        List<byte[]> path = new ArrayList<>();
        if (node != null && node.isArray()) {
            node.forEach(each -> path.add(bytes(each)));
        }
        return path;
    }

    @TestFactory
    Stream<DynamicTest> shouldJudgeEveryPublishedInclusionCase() throws IOException {
        Path folder = cases("inclusion");
        return files(folder).stream()
                .map(file -> dynamicTest(folder.relativize(file).toString(), () -> {
                    JsonNode json = new ObjectMapper().readTree(file.toFile());
                    boolean accepted = verifier.inclusion(
                            bytes(json.get("leafHash")),
                            json.get("leafIdx").asLong(),
                            json.get("treeSize").asLong(),
                            path(json.get("proof")),
                            bytes(json.get("root")));
                    assertEquals(
                            !json.get("wantErr").asBoolean(),
                            accepted,
                            json.path("desc").asText());
                }));
    }

    @TestFactory
    Stream<DynamicTest> shouldJudgeEveryPublishedConsistencyCase() throws IOException {
        Path folder = cases("consistency");
        return files(folder).stream()
                .map(file -> dynamicTest(folder.relativize(file).toString(), () -> {
                    JsonNode json = new ObjectMapper().readTree(file.toFile());
                    boolean accepted = verifier.consistency(
                            json.get("size1").asLong(),
                            json.get("size2").asLong(),
                            bytes(json.get("root1")),
                            bytes(json.get("root2")),
                            path(json.get("proof")));
                    assertEquals(
                            !json.get("wantErr").asBoolean(),
                            accepted,
                            json.path("desc").asText());
                }));
    }

    /** The reference: RFC 6962 section 2.1 as it is written there. */
    private byte[] naiveRoot(List<byte[]> leaves) {
        if (leaves.isEmpty()) {
            return hasher.plain(new byte[0]);
        }
        if (leaves.size() == 1) {
            return hasher.leaf(leaves.getFirst());
        }
        int split = Integer.highestOneBit(leaves.size() - 1);
        return hasher.node(naiveRoot(leaves.subList(0, split)), naiveRoot(leaves.subList(split, leaves.size())));
    }

    @Test
    void shouldProveEveryLeafAndEveryPrefixOfTreesUpTo70() {
        List<byte[]> leaves = new ArrayList<>();
        List<byte[]> stored = new ArrayList<>();
        Frontier frontier = new Frontier(hasher);
        List<byte[]> roots = new ArrayList<>(List.of(hasher.emptyRoot()));
        for (int n = 0; n < 70; n++) {
            byte[] leaf = ("leaf " + n).getBytes(StandardCharsets.UTF_8);
            leaves.add(leaf);
            assertEquals(stored.size(), StoredHashes.indexOfLeaf(n));
            stored.addAll(frontier.add(hasher.leaf(leaf)));
            byte[] root = naiveRoot(leaves);
            roots.add(root);
            assertArrayEquals(root, frontier.root(), "size " + (n + 1));
        }
        TreeProofs proofs = new TreeProofs(hasher, index -> stored.get((int) index));
        for (int size = 1; size <= 70; size++) {
            assertArrayEquals(roots.get(size), proofs.root(size));
            assertArrayEquals(
                    roots.get(size),
                    Frontier.load(hasher, size, index -> stored.get((int) index))
                            .root());
            for (int leaf = 0; leaf < size; leaf++) {
                List<byte[]> path = proofs.inclusion(leaf, size);
                byte[] leafHash = hasher.leaf(leaves.get(leaf));
                assertTrue(verifier.inclusion(leafHash, leaf, size, path, roots.get(size)));
                assertFalse(verifier.inclusion(leafHash, leaf, size, path, roots.get(size - 1)));
            }
            for (int first = 1; first <= size; first++) {
                List<byte[]> path = proofs.consistency(first, size);
                assertTrue(verifier.consistency(first, size, roots.get(first), roots.get(size), path));
                assertFalse(verifier.consistency(first, size, roots.get(first - 1), roots.get(size), path));
            }
        }
    }

    @Test
    void shouldFindTheLeafThatANodeWasStoredWith() {
        long index = 0;
        for (long leaf = 0; leaf < 5000; leaf++) {
            for (int i = 0; i <= StoredHashes.completedBy(leaf); i++) {
                assertEquals(leaf, StoredHashes.leafOf(index++));
            }
        }
    }

    @Test
    void shouldHashAsTheStandardVectorsDo() {
        assertEquals(
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                HexFormat.of().formatHex(hasher.plain("abc".getBytes(StandardCharsets.US_ASCII))));
        assertEquals(
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                HexFormat.of().formatHex(hasher.leaf(new byte[0])));
    }
}
