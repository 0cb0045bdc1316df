package io.stratoswarm.audit.capture;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.capture.Captures.Content;
import io.stratoswarm.api.capture.Captures.Diff;
import io.stratoswarm.api.capture.Captures.Difference;
import io.stratoswarm.api.capture.Captures.PartInfo;
import io.stratoswarm.api.capture.Captures.Verification;
import io.stratoswarm.audit.capture.store.CaptureFolder;
import io.stratoswarm.audit.capture.store.Manifest;
import io.stratoswarm.audit.capture.store.MerkleTree;
import io.stratoswarm.audit.capture.store.Objects;
import io.stratoswarm.audit.capture.store.Part;
import io.stratoswarm.audit.capture.store.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Answers from captures that are stored. Knows no journal and records nothing. */
final class CaptureReader {
    private static final HexFormat HEX = HexFormat.of();
    private static final int MOST_PROBLEMS = 50;

    private final CaptureFolder folder;

    CaptureReader(CaptureFolder folder) {
        this.folder = folder;
    }

    List<PartInfo> parts(long number, String prefix) {
        List<PartInfo> found = new ArrayList<>();
        List<Manifest.Leaf> leaves = folder.manifest(number).leaves();
        for (int i = 0; i < leaves.size(); i++) {
            if (leaves.get(i).name().startsWith(prefix)) {
                found.add(info(i, leaves.get(i)));
            }
        }
        return found;
    }

    static PartInfo info(int index, Manifest.Leaf leaf) {
        return new PartInfo(index, leaf.name(), leaf.mediaType(), HEX.formatHex(leaf.hash()));
    }

    static int index(Manifest manifest, String name) {
        return manifest.find(name)
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND,
                        "the capture " + manifest.number() + " has no part '" + name + "'; 'stratoswarm capture show "
                                + manifest.number() + " --parts' lists them"));
    }

    /** A part; one of memory as its pages, with zeros for what is not there. */
    Content content(long number, String name) {
        Manifest manifest = folder.manifest(number);
        Manifest.Leaf leaf = manifest.leaves().get(index(manifest, name));
        try (Objects objects = folder.objects()) {
            Part part = objects.part(leaf);
            if (!leaf.mediaType().equals(Part.MEMORY)) {
                return new Content(name, part.mediaType(), part.content());
            }
            return new Content(name, ProcessParts.OCTETS, bytes(objects, Range.parse(part.content())));
        }
    }

    static byte[] bytes(Objects objects, Range range) {
        byte[] bytes = new byte[Range.BYTES];
        for (int i = 0; i < Range.PAGES; i++) {
            byte[] address = range.pages()[i];
            if (address != null) {
                System.arraycopy(objects.page(address), 0, bytes, i * Range.PAGE, Range.PAGE);
            }
        }
        return bytes;
    }

    List<String> path(Manifest manifest, int index) {
        return MerkleTree.path(manifest.hashes(), index).stream()
                .map(HEX::formatHex)
                .toList();
    }

    Diff diff(long before, long after) {
        Map<String, Manifest.Leaf> old = byName(folder.manifest(before));
        List<Difference> differences = new ArrayList<>();
        long same = 0;
        try (Objects objects = folder.objects()) {
            for (Manifest.Leaf leaf : folder.manifest(after).leaves()) {
                Manifest.Leaf was = old.remove(leaf.name());
                if (was == null) {
                    differences.add(new Difference(leaf.name(), "added", pages(objects, null, leaf)));
                } else if (Arrays.equals(was.hash(), leaf.hash())) {
                    same++;
                } else {
                    differences.add(new Difference(leaf.name(), "changed", pages(objects, was, leaf)));
                }
            }
            for (Manifest.Leaf gone : old.values()) {
                differences.add(new Difference(gone.name(), "removed", pages(objects, null, gone)));
            }
        }
        return new Diff(before, after, same, differences);
    }

    private static Map<String, Manifest.Leaf> byName(Manifest manifest) {
        Map<String, Manifest.Leaf> leaves = new LinkedHashMap<>();
        manifest.leaves().forEach(it -> leaves.put(it.name(), it));
        return leaves;
    }

    /** Pages of a part of memory that are not those of another one. */
    private static long pages(
            Objects objects, Manifest.@org.jspecify.annotations.Nullable Leaf before, Manifest.Leaf after) {
        if (!after.mediaType().equals(Part.MEMORY)) {
            return 0;
        }
        Range old = before == null
                ? Range.empty()
                : Range.parse(objects.part(before).content());
        Range now = Range.parse(objects.part(after).content());
        long count = 0;
        for (int i = 0; i < Range.PAGES; i++) {
            boolean same = old.kinds()[i] == now.kinds()[i] && Arrays.equals(old.pages()[i], now.pages()[i]);
            count += same ? 0 : 1;
        }
        return count;
    }

    /** @param root what the event says, or empty where there is none */
    Verification verify(long number, String root) {
        Manifest manifest = folder.manifest(number);
        List<String> problems = new ArrayList<>();
        if (root.isEmpty()) {
            problems.add(
                    "the journal holds no event StateCaptured of it, so nobody can tell whether this is what was captured");
        } else if (!root.equals(manifest.root())) {
            problems.add("its root is " + manifest.root() + ", and the journal says " + root);
        }
        long pages = 0;
        try (Objects objects = folder.objects()) {
            Map<String, Boolean> good = new HashMap<>();
            for (Manifest.Leaf leaf : manifest.leaves()) {
                try {
                    Part part = objects.part(leaf);
                    if (leaf.mediaType().equals(Part.MEMORY)) {
                        pages += check(objects, leaf, Range.parse(part.content()), good, problems);
                    }
                } catch (StratoswarmException | IllegalArgumentException e) {
                    problems.add(String.valueOf(e.getMessage()));
                }
            }
        }
        List<String> told =
                problems.size() <= MOST_PROBLEMS ? problems : new ArrayList<>(problems.subList(0, MOST_PROBLEMS));
        if (problems.size() > MOST_PROBLEMS) {
            told.add("and " + (problems.size() - MOST_PROBLEMS) + " further ones");
        }
        return new Verification(number, manifest.root(), manifest.leaves().size(), pages, told);
    }

    private static long check(
            Objects objects, Manifest.Leaf leaf, Range range, Map<String, Boolean> good, List<String> problems) {
        long pages = 0;
        for (byte[] address : range.pages()) {
            if (address == null) {
                continue;
            }
            pages++;
            // Pages that occur often, such as those of libraries, are read once.
            String key = HEX.formatHex(address);
            if (!good.containsKey(key)) {
                try {
                    objects.page(address);
                    if (good.size() < 100_000) {
                        good.put(key, true);
                    }
                } catch (StratoswarmException e) {
                    problems.add(leaf.name() + ": " + e.getMessage());
                }
            }
        }
        return pages;
    }
}
