package io.stratoswarm.audit.note;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * A public key and what it may sign. Its text is that of golang.org/x/mod/sumdb/note: name, {@code +}, key id in hexadecimal,
 * {@code +}, base64 of the kind and the key.
 */
public final class VerifierKey {
    /** C2SP signed-note: a signature of the text itself. */
    public static final byte ED25519 = 1;
    /** C2SP tlog-cosignature: a signature of a time and the text. */
    public static final byte COSIGNATURE = 4;

    static final int KEY_BYTES = 32;
    static final int SIGNATURE_BYTES = 64;

    private final String name;
    private final byte kind;
    private final byte[] key;
    private final int id;

    public VerifierKey(String name, byte kind, byte[] key) {
        if (!isName(name)) {
            throw new StratoswarmException(
                    Kind.INVALID, "'" + name + "' cannot name a key: no spaces, no '+', no control characters");
        }
        if (key.length != KEY_BYTES || kind != ED25519 && kind != COSIGNATURE) {
            throw new StratoswarmException(Kind.INVALID, "the key of '" + name + "' is no Ed25519 key");
        }
        this.name = name;
        this.kind = kind;
        this.key = key.clone();
        this.id = id(name, kind, key);
    }

    /** C2SP signed-note: a name is not empty and has neither spaces nor plus signs. */
    public static boolean isName(String name) {
        return !name.isEmpty()
                && name.codePoints()
                        .noneMatch(c -> c == '+'
                                || c < 0x20
                                || c == 0x7F
                                || c == 0x85
                                || c == 0xFFFD
                                || Character.isSpaceChar(c)
                                || Character.isWhitespace(c));
    }

    /** The first four bytes of SHA-256(name ‖ newline ‖ kind ‖ key). */
    private static int id(String name, byte kind, byte[] key) {
        SHA256Digest digest = new SHA256Digest();
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        digest.update(text, 0, text.length);
        digest.update((byte) '\n');
        digest.update(kind);
        digest.update(key, 0, key.length);
        byte[] hash = new byte[digest.getDigestSize()];
        digest.doFinal(hash, 0);
        return ByteBuffer.wrap(hash).getInt();
    }

    /** Kind INVALID where the text is no key, or its id is not that of the key. */
    public static VerifierKey parse(String text) {
        String[] parts = text.split("\\+", 3);
        if (parts.length != 3 || !isName(parts[0]) || !parts[1].matches("[0-9a-f]{8}")) {
            throw malformed(text);
        }
        byte[] bytes = base64(parts[2], text);
        if (bytes.length != 1 + KEY_BYTES || bytes[0] != ED25519 && bytes[0] != COSIGNATURE) {
            throw malformed(text);
        }
        VerifierKey key = new VerifierKey(parts[0], bytes[0], Arrays.copyOfRange(bytes, 1, bytes.length));
        if (key.id != Integer.parseUnsignedInt(parts[1], 16)) {
            throw malformed(text);
        }
        return key;
    }

    /** Standard base64 with padding, and nothing that another encoder would write otherwise. */
    static byte[] base64(String text, String whole) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw new StratoswarmException(Kind.INVALID, "'" + whole + "' is no key of signed notes", e);
        }
        throw malformed(whole);
    }

    private static StratoswarmException malformed(String text) {
        return new StratoswarmException(
                Kind.INVALID, "'" + text + "' is no verifier key; one looks like name+01234567+base64");
    }

    public String name() {
        return name;
    }

    public byte kind() {
        return kind;
    }

    public int id() {
        return id;
    }

    byte[] key() {
        return key.clone();
    }

    static String hex(int id) {
        return HexFormat.of().toHexDigits(id);
    }

    boolean verifies(byte[] message, byte[] signature) {
        return signature.length == SIGNATURE_BYTES && Ed25519.verify(signature, 0, key, 0, message, 0, message.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifierKey that
                && name.equals(that.name)
                && kind == that.kind
                && Arrays.equals(key, that.key);
    }

    @Override
    public int hashCode() {
        return id;
    }

    @Override
    public String toString() {
        byte[] bytes = ByteBuffer.allocate(1 + KEY_BYTES).put(kind).put(key).array();
        return name + "+" + hex(id) + "+" + Base64.getEncoder().encodeToString(bytes);
    }
}
