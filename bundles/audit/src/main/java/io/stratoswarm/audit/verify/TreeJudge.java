package io.stratoswarm.audit.verify;

import io.stratoswarm.api.log.LogVerifier.Range;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Joins bundles to the tree, compares it with the tiles above and with the checkpoint, and tells which of two files that contradict
 * each other is wrong: the one without which the signed root comes out.
 */
final class TreeJudge {
    private final Layout layout;
    private final Bundle[] bundles;
    private final long size;
    private final Hashes hashes = new Hashes();
    private final List<String> problems = new ArrayList<>();
    private final List<Range> damaged = new ArrayList<>();
    private byte @Nullable [] root;

    TreeJudge(Layout layout, Bundle[] bundles, long size) {
        this.layout = layout;
        this.bundles = bundles;
        this.size = size;
    }

    List<String> problems() {
        return problems;
    }

    List<Range> damaged() {
        return damaged;
    }

    /** The root that the files give; null where they give none. */
    byte @Nullable [] root() {
        return root;
    }

    void judge(byte[] signed) throws IOException {
        byte[] parents = parents();
        for (Choice choice : List.<Choice>of(TreeJudge::entriesFirst, TreeJudge::byParent, TreeJudge::parentFirst)) {
            for (Bundle bundle : bundles) {
                bundle.chosen = choice.of(bundle, parent(parents, bundle));
            }
            byte[] found = root(size);
            root = root == null ? found : root;
            if (Arrays.equals(found, signed)) {
                root = found;
                break;
            }
        }
        if (!Arrays.equals(root, signed)) {
            problems.add("the root of the tree is "
                    + (root == null ? "not to be had" : HexFormat.of().formatHex(root))
                    + ", and the checkpoint says " + HexFormat.of().formatHex(signed)
                    + ": the entries are not those that were signed");
        }
        for (Bundle bundle : bundles) {
            blame(bundle);
        }
        above();
    }

    /** Which root of a bundle to try. */
    private interface Choice {
        byte @Nullable [] of(Bundle bundle, byte @Nullable [] parent);
    }

    private static byte @Nullable [] entriesFirst(Bundle bundle, byte @Nullable [] parent) {
        return bundle.fromEntries != null ? bundle.fromEntries : bundle.fromTile;
    }

    private static byte @Nullable [] byParent(Bundle bundle, byte @Nullable [] parent) {
        if (parent == null) {
            return bundle.fromTile != null ? bundle.fromTile : bundle.fromEntries;
        }
        if (Arrays.equals(bundle.fromEntries, parent)) {
            return bundle.fromEntries;
        }
        return bundle.fromTile != null ? bundle.fromTile : entriesFirst(bundle, parent);
    }

    private static byte @Nullable [] parentFirst(Bundle bundle, byte @Nullable [] parent) {
        byte[] either = byParent(bundle, parent);
        return parent == null || Arrays.equals(either, parent) ? either : parent;
    }

    /** The hashes of the tiles of level 1, which are the roots of the full bundles; zeroes where a tile is missing. */
    private byte[] parents() throws IOException {
        int full = (int) (size / Layout.WIDTH);
        byte[] out = new byte[full * Hashes.SIZE];
        for (int tile = 0; tile * Layout.WIDTH < full; tile++) {
            int width = Math.min(Layout.WIDTH, full - tile * Layout.WIDTH);
            byte[] bytes = layout.read(Layout.name("1", tile), width);
            if (bytes != null) {
                int there = Math.min(bytes.length, width * Hashes.SIZE);
                System.arraycopy(bytes, 0, out, tile * Layout.WIDTH * Hashes.SIZE, there);
            }
        }
        return out;
    }

    private static byte @Nullable [] parent(byte[] parents, Bundle bundle) {
        int at = (int) bundle.index * Hashes.SIZE;
        return bundle.width < Layout.WIDTH ? null : Arrays.copyOfRange(parents, at, at + Hashes.SIZE);
    }

    /** The root of the tree over the first so many entries; null where it cannot be had. */
    byte @Nullable [] root(long leaves) {
        int full = (int) (leaves / Layout.WIDTH);
        int rest = (int) (leaves % Layout.WIDTH);
        byte[] nodes = new byte[(full + 1) * Hashes.SIZE];
        for (int i = 0; i < full; i++) {
            byte[] node = bundles[i].chosen;
            if (node == null) {
                return null;
            }
            System.arraycopy(node, 0, nodes, i * Hashes.SIZE, Hashes.SIZE);
        }
        if (rest > 0) {
            byte[] leafHashes = bundles[full].hashes();
            byte[] node = bundles[full].width == rest
                    ? bundles[full].chosen
                    : leafHashes == null ? null : hashes.root(leafHashes, rest);
            if (node == null) {
                return null;
            }
            System.arraycopy(node, 0, nodes, full * Hashes.SIZE, Hashes.SIZE);
        }
        int count = full + (rest > 0 ? 1 : 0);
        return count == 0 ? hashes.empty() : hashes.root(nodes, count);
    }

    private void blame(Bundle bundle) {
        boolean entriesGood = bundle.fromEntries != null && Arrays.equals(bundle.fromEntries, bundle.chosen);
        boolean tileGood = bundle.fromTile != null && Arrays.equals(bundle.fromTile, bundle.chosen);
        boolean[] wrong = new boolean[bundle.width];
        bundle.malformed.forEach(i -> wrong[i] = true);
        Arrays.fill(wrong, bundle.read, bundle.width, !bundle.absent);
        byte[] own = bundle.entryHashes;
        byte[] tile = bundle.tileHashes;
        if (own != null && tile != null) {
            for (int i = 0; i < bundle.read; i++) {
                int at = i * Hashes.SIZE;
                if (!Arrays.equals(own, at, at + Hashes.SIZE, tile, at, at + Hashes.SIZE)) {
                    wrong[i] |= !entriesGood;
                    problems.add(
                            entriesGood
                                    ? bundle.tileFile() + ": hash " + i + ", of entry " + (bundle.first() + i)
                                            + ", is wrong"
                                    : tileGood
                                            ? bundle.entriesFile() + ": entry " + (bundle.first() + i)
                                                    + " is not the one that was hashed"
                                            : "entry " + (bundle.first() + i) + " in " + bundle.entriesFile()
                                                    + " and hash " + i + " in " + bundle.tileFile()
                                                    + " do not fit each other");
                }
            }
        } else if (!entriesGood && own != null && bundle.read == bundle.width) {
            problems.add(bundle.entriesFile() + ": its entries do not have the root that the tree has for them");
            Arrays.fill(wrong, true);
        } else if (!entriesGood && !tileGood && bundle.fromEntries != null) {
            problems.add(bundle.entriesFile() + " and " + bundle.tileFile()
                    + " fit each other, but not the tree above them");
            Arrays.fill(wrong, true);
        }
        ranges(bundle, wrong);
    }

    private void ranges(Bundle bundle, boolean[] wrong) {
        for (int i = 0; i < wrong.length; i++) {
            if (wrong[i]) {
                long sequence = bundle.first() + i;
                if (!damaged.isEmpty() && damaged.getLast().to() == sequence) {
                    damaged.set(damaged.size() - 1, new Range(damaged.getLast().from(), sequence + 1));
                } else {
                    damaged.add(new Range(sequence, sequence + 1));
                }
            }
        }
    }

    /** Compares the tiles of level 1 and above with what lies below them. */
    private void above() throws IOException {
        List<byte[]> level = new ArrayList<>();
        for (Bundle bundle : bundles) {
            if (bundle.width == Layout.WIDTH && bundle.chosen != null) {
                level.add(bundle.chosen);
            } else if (bundle.width == Layout.WIDTH) {
                return;
            }
        }
        for (int number = 1; !level.isEmpty(); number++) {
            List<byte[]> next = new ArrayList<>();
            for (int tile = 0; tile * Layout.WIDTH < level.size(); tile++) {
                int from = tile * Layout.WIDTH;
                List<byte[]> nodes = level.subList(from, Math.min(level.size(), from + Layout.WIDTH));
                byte[] joined = new byte[nodes.size() * Hashes.SIZE];
                for (int i = 0; i < nodes.size(); i++) {
                    System.arraycopy(nodes.get(i), 0, joined, i * Hashes.SIZE, Hashes.SIZE);
                }
                compare(Layout.name(String.valueOf(number), tile), joined, nodes.size());
                if (nodes.size() == Layout.WIDTH) {
                    next.add(hashes.root(joined, Layout.WIDTH));
                }
            }
            level = next;
        }
    }

    private void compare(String name, byte[] computed, int width) throws IOException {
        byte[] stored = layout.read(name, width);
        String file = layout.used(name, width);
        if (stored == null || stored.length != computed.length && stored.length != Layout.WIDTH * Hashes.SIZE) {
            problems.add(file
                    + (stored == null ? " is missing" : " has " + stored.length + " bytes, not " + computed.length));
            return;
        }
        for (int i = 0; i < width; i++) {
            int at = i * Hashes.SIZE;
            if (!Arrays.equals(stored, at, at + Hashes.SIZE, computed, at, at + Hashes.SIZE)) {
                problems.add(file + ": hash " + i + " is wrong");
            }
        }
        for (int narrow : layout.partials(name)) {
            byte[] partial = layout.partial(name, narrow);
            int both = Math.min(narrow, width) * Hashes.SIZE;
            boolean fits = partial.length == narrow * Hashes.SIZE && Arrays.equals(partial, 0, both, computed, 0, both);
            if (narrow != width && !fits) {
                problems.add(name + ".p/" + narrow + " does not fit the tiles below");
            }
        }
    }
}
