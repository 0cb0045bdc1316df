package io.stratoswarm.audit.note;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * An Ed25519 key (RFC 8032) that signs notes. Its text is that of golang.org/x/mod/sumdb/note, which other tools read as well:
 * {@code PRIVATE+KEY+}, name, {@code +}, key id in hexadecimal, {@code +}, base64 of the kind and the seed.
 */
public final class SigningKey {
    private static final String PREFIX = "PRIVATE+KEY+";

    private final byte[] seed;
    private final VerifierKey verifier;

    private SigningKey(String name, byte kind, byte[] seed) {
        this.seed = seed.clone();
        byte[] key = new byte[VerifierKey.KEY_BYTES];
        Ed25519.generatePublicKey(seed, 0, key, 0);
        this.verifier = new VerifierKey(name, kind, key);
    }

    public static SigningKey generate(String name, byte kind, SecureRandom random) {
        byte[] seed = new byte[Ed25519.SECRET_KEY_SIZE];
        random.nextBytes(seed);
        return new SigningKey(name, kind, seed);
    }

    /** Kind INVALID, without the text itself, where it is no key. */
    public static SigningKey parse(String text) {
        String[] parts =
                text.startsWith(PREFIX) ? text.substring(PREFIX.length()).split("\\+", 3) : new String[0];
        if (parts.length != 3 || !VerifierKey.isName(parts[0]) || !parts[1].matches("[0-9a-f]{8}")) {
            throw malformed();
        }
        byte[] bytes = VerifierKey.base64(parts[2], "the private key");
        if (bytes.length != 1 + Ed25519.SECRET_KEY_SIZE
                || bytes[0] != VerifierKey.ED25519 && bytes[0] != VerifierKey.COSIGNATURE) {
            throw malformed();
        }
        SigningKey key = new SigningKey(parts[0], bytes[0], Arrays.copyOfRange(bytes, 1, bytes.length));
        if (key.verifier.id() != Integer.parseUnsignedInt(parts[1], 16)) {
            throw malformed();
        }
        return key;
    }

    private static StratoswarmException malformed() {
        return new StratoswarmException(Kind.INVALID, "this is no private key of signed notes");
    }

    /** The secret, as text; for a file that only the daemon's user can read. */
    public String text() {
        byte[] bytes = ByteBuffer.allocate(1 + seed.length)
                .put(verifier.kind())
                .put(seed)
                .array();
        return PREFIX + verifier.name() + "+" + VerifierKey.hex(verifier.id()) + "+"
                + Base64.getEncoder().encodeToString(bytes);
    }

    public VerifierKey verifier() {
        return verifier;
    }

    private byte[] signature(byte[] message) {
        byte[] signature = new byte[VerifierKey.SIGNATURE_BYTES];
        Ed25519.sign(seed, 0, message, 0, message.length, signature, 0);
        return signature;
    }

    /** Signs the text of a note. */
    public Note.Signature sign(String text) {
        if (verifier.kind() != VerifierKey.ED25519) {
            throw new IllegalStateException("the key of a witness signs checkpoints with a time only");
        }
        return Note.Signature.of(verifier, signature(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** C2SP tlog-cosignature: signs the text of a checkpoint as of a time, in seconds since 1970. */
    public Note.Signature cosign(String text, long seconds) {
        if (verifier.kind() != VerifierKey.COSIGNATURE) {
            throw new IllegalStateException("only the key of a witness cosigns");
        }
        byte[] signature = signature(Note.cosigned(text, seconds));
        return Note.Signature.of(
                verifier,
                ByteBuffer.allocate(Long.BYTES + signature.length)
                        .putLong(seconds)
                        .put(signature)
                        .array());
    }
}
