package io.stratoswarm.audit.capture.store;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** All objects that are stored, by address. Belongs to one thread. */
public final class Objects implements AutoCloseable {
    private final List<Pack> packs = new ArrayList<>();
    private final ObjectIndex index = new ObjectIndex();
    private final List<String> damaged = new ArrayList<>();
    private final MessageDigest sha256 = Sealing.sha256();

    Objects() {}

    void add(Pack pack) {
        pack.index(index, packs.size());
        packs.add(pack);
    }

    void damaged(String what) {
        damaged.add(what);
    }

    /** Packs that could not be opened, and why. */
    public List<String> damaged() {
        return List.copyOf(damaged);
    }

    List<Pack> packs() {
        return packs;
    }

    ObjectIndex index() {
        return index;
    }

    public boolean contains(byte[] address) {
        return index.contains(address);
    }

    private byte[] read(byte[] address, String what) {
        long place = index.get(address);
        if (place < 0) {
            throw new StratoswarmException(
                    Kind.DAMAGED,
                    what + " is in no pack" + (damaged.isEmpty() ? "" : "; damaged: " + String.join("; ", damaged)));
        }
        try {
            return packs.get(Places.pack(place)).read(Places.frame(place), Places.slot(place));
        } catch (IOException e) {
            throw new StratoswarmException(Kind.DAMAGED, what + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** A page, checked against its address. */
    public byte[] page(byte[] address) {
        byte[] page = read(address, "the page " + HexFormat.of().formatHex(address));
        if (!Arrays.equals(sha256.digest(page), address)) {
            throw new StratoswarmException(
                    Kind.DAMAGED, "the page " + HexFormat.of().formatHex(address) + " is not what it was");
        }
        return page;
    }

    /** A part, checked against its hash. */
    public Part part(Manifest.Leaf leaf) {
        byte[] bytes = read(leaf.hash(), "the part '" + leaf.name() + "'");
        if (!Arrays.equals(Part.hash(sha256, bytes), leaf.hash())) {
            throw new StratoswarmException(Kind.DAMAGED, "the part '" + leaf.name() + "' is not what it was");
        }
        Part part = Part.parse(bytes);
        if (!part.name().equals(leaf.name()) || !part.mediaType().equals(leaf.mediaType())) {
            throw new StratoswarmException(
                    Kind.DAMAGED, "the part '" + leaf.name() + "' is stored as '" + part.name() + "'");
        }
        return part;
    }

    @Override
    public void close() {
        index.close();
        for (Pack pack : packs) {
            try {
                pack.close();
            } catch (IOException e) {
                throw CaptureFolder.failure("a pack of captures cannot be closed", e);
            }
        }
    }
}
