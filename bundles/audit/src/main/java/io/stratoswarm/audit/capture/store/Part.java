package io.stratoswarm.audit.capture.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** What a leaf of a capture's tree is: a name, a media type, and content. The definition is {@link #leaf}; it has no salt. */
public record Part(String name, String mediaType, byte[] content) {
    public static final String JSON = "application/json";
    public static final String TEXT = "text/plain";
    /** See {@link Range}. */
    public static final String MEMORY = "application/vnd.stratoswarm.memory";

    private static final byte[] HEAD = "stratoswarm capture part v1\n".getBytes(StandardCharsets.US_ASCII);

    public Part {
        if (name.indexOf('\n') >= 0 || mediaType.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a name and a media type are one line each");
        }
        content = content.clone();
    }

    @Override
    public byte[] content() {
        return content.clone();
    }

    public static Part json(String name, String json) {
        return new Part(name, JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes that are hashed behind the 0 of RFC 6962, and that are stored. */
    byte[] leaf() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 128);
        out.writeBytes(HEAD);
        out.writeBytes((name + "\n" + mediaType + "\n").getBytes(StandardCharsets.UTF_8));
        out.writeBytes(content);
        return out.toByteArray();
    }

    static byte[] hash(MessageDigest sha256, byte[] leaf) {
        sha256.update((byte) 0);
        return sha256.digest(leaf);
    }

    /** The part that a leaf describes. */
    static Part parse(byte[] leaf) {
        int nameEnd = lineEnd(leaf, HEAD.length);
        int typeEnd = lineEnd(leaf, nameEnd + 1);
        return new Part(
                new String(leaf, HEAD.length, nameEnd - HEAD.length, StandardCharsets.UTF_8),
                new String(leaf, nameEnd + 1, typeEnd - nameEnd - 1, StandardCharsets.UTF_8),
                java.util.Arrays.copyOfRange(leaf, typeEnd + 1, leaf.length));
    }

    private static int lineEnd(byte[] leaf, int from) {
        for (int i = from; i < leaf.length; i++) {
            if (leaf[i] == '\n') {
                return i;
            }
        }
        throw new IllegalArgumentException("not the leaf of a part");
    }
}
