package io.stratoswarm.healing.prevent;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** Draws which predictions are left alone. By what is in the journal alone, so that whoever reads it can draw the same. */
final class Lot {
    private Lot() {}

    /** Uniform in [0, 1): the first 53 bits of SHA-256 of {@code JOURNAL/NUMBER/AGENT}. */
    static double draw(UUID journal, long number, String agent) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((journal + "/" + number + "/" + agent).getBytes(StandardCharsets.UTF_8));
            long bits = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                bits = bits << 8 | (hash[i] & 0xFF);
            }
            return (bits >>> 11) * 0x1.0p-53;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
