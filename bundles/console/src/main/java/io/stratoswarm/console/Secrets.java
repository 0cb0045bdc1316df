package io.stratoswarm.console;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Makes and hashes bearer secrets. They are 256 random bits, so that one round of SHA-256 keeps them as well as any slow hash of
 * passwords would: there is nothing to guess. Looking them up by that hash takes the same time for each wrong one.
 */
final class Secrets {
    /** Lets scanners of repositories find what was left lying about. */
    static final String PREFIX = "stratoswarm_";

    private static final int BYTES = 32;

    private Secrets() {}

    static String make(RandomGenerator random) {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static boolean wellFormed(String secret) {
        return secret.length() == PREFIX.length() + 43
                && secret.startsWith(PREFIX)
                && secret.chars()
                        .allMatch(c -> c == '_'
                                || c == '-'
                                || c >= '0' && c <= '9'
                                || c >= 'A' && c <= 'Z'
                                || c >= 'a' && c <= 'z');
    }

    static String hash(String secret) {
        return hash(secret.getBytes(StandardCharsets.UTF_8));
    }

    static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static String id(RandomGenerator random) {
        byte[] bytes = new byte[6];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
