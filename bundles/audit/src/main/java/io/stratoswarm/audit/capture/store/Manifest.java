package io.stratoswarm.audit.capture.store;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * What a capture consists of.
 *
 * @param meta JSON about the whole
 * @param leaves its parts in the order of the tree
 */
public record Manifest(long number, String meta, List<Leaf> leaves) {
    private static final byte[] HEAD = "SWCAPT1\n".getBytes(StandardCharsets.US_ASCII);

    /** Each call of the compressor leaves Java. */
    private static final int BUFFER = 64 << 10;

    /** A part by its name and leaf hash. */
    public record Leaf(String name, String mediaType, byte[] hash) {}

    public Manifest {
        leaves = List.copyOf(leaves);
    }

    public List<byte[]> hashes() {
        return leaves.stream().map(Leaf::hash).toList();
    }

    public String root() {
        return HexFormat.of().formatHex(MerkleTree.root(hashes()));
    }

    public OptionalInt find(String name) {
        for (int i = 0; i < leaves.size(); i++) {
            if (leaves.get(i).name().equals(name)) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    private static byte[] context(long number) {
        return ByteBuffer.allocate(15)
                .put("capture".getBytes(StandardCharsets.US_ASCII))
                .putLong(number)
                .array();
    }

    byte[] encode(Sealing sealing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(new DeflaterOutputStream(bytes, deflater), BUFFER))) {
            byte[] text = meta.getBytes(StandardCharsets.UTF_8);
            out.writeInt(text.length);
            out.write(text);
            out.writeInt(leaves.size());
            for (Leaf leaf : leaves) {
                out.writeUTF(leaf.name());
                out.writeUTF(leaf.mediaType());
                out.write(leaf.hash());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory can always be written to", e);
        } finally {
            deflater.end();
        }
        byte[] sealed = sealing.seal(bytes.toByteArray(), bytes.size(), context(number));
        return ByteBuffer.allocate(HEAD.length + sealed.length)
                .put(HEAD)
                .put(sealed)
                .array();
    }

    static Manifest decode(long number, byte[] file, Sealing sealing) throws IOException {
        if (file.length < HEAD.length || !Arrays.equals(HEAD, Arrays.copyOf(file, HEAD.length))) {
            throw new IOException("it is no manifest of a capture");
        }
        byte[] plain;
        try {
            plain = sealing.open(Arrays.copyOfRange(file, HEAD.length, file.length), context(number));
        } catch (GeneralSecurityException e) {
            throw new IOException("it is damaged, or was sealed under another key", e);
        }
        try (DataInputStream in = new DataInputStream(
                new BufferedInputStream(new InflaterInputStream(new ByteArrayInputStream(plain)), BUFFER))) {
            String meta = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
            int count = in.readInt();
            List<Leaf> leaves = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                leaves.add(new Leaf(in.readUTF(), in.readUTF(), in.readNBytes(32)));
            }
            return new Manifest(number, meta, leaves);
        }
    }
}
