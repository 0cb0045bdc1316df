package io.stratoswarm.audit.verify;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A verifier key of C2SP signed-note.
 *
 * @param id eight hexadecimal digits
 * @param kind 1 for the log's own signatures, 4 for cosignatures of witnesses
 */
record Keys(String text, String name, String id, int kind, PublicKey key) {
    private static final int BYTES = 32;

    static Keys parse(String text) throws Bad {
        String[] parts = text.split("\\+", 3);
        try {
            byte[] bytes = parts.length == 3 ? Base64.getDecoder().decode(parts[2]) : new byte[0];
            if (bytes.length != 1 + BYTES || bytes[0] != 1 && bytes[0] != 4) {
                throw new Bad("'" + text + "' is no verifier key; one looks like name+01234567+base64");
            }
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update((parts[0] + "\n").getBytes(StandardCharsets.UTF_8));
            String id = HexFormat.of().formatHex(Arrays.copyOf(sha256.digest(bytes), 4));
            if (!id.equals(parts[1])) {
                throw new Bad("the verifier key '" + text + "' is damaged: its id would be " + id);
            }
            return new Keys(text, parts[0], id, bytes[0], point(Arrays.copyOfRange(bytes, 1, bytes.length)));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new Bad("'" + text + "' is no verifier key: " + e.getMessage());
        }
    }

    /** RFC 8032 section 5.1.2: y, little-endian, and the lowest bit of x in the highest bit. */
    private static PublicKey point(byte[] encoded) throws GeneralSecurityException {
        boolean odd = (encoded[BYTES - 1] & 0x80) != 0;
        byte[] y = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            y[i] = encoded[BYTES - 1 - i];
        }
        y[0] &= 0x7F;
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(
                        new EdECPublicKeySpec(NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, y))));
    }

    boolean verifies(byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            // The JDK throws for what is no signature at all.
            return false;
        }
    }
}
