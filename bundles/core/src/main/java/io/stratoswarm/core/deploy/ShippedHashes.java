package io.stratoswarm.core.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;

/** Hashes of the jars that came with the distribution, computed when first asked for. */
final class ShippedHashes {
    private static final String REFERENCE = "reference:";

    private final Map<String, String> known = new ConcurrentHashMap<>();

    /** Empty where the bundle was not installed from a file. */
    String of(Bundle bundle) {
        String location = bundle.getLocation();
        String plain = location.startsWith(REFERENCE) ? location.substring(REFERENCE.length()) : location;
        return plain.startsWith("file:") ? known.computeIfAbsent(plain, ShippedHashes::hash) : "";
    }

    private static String hash(String location) {
        try (InputStream in = Files.newInputStream(Path.of(URI.create(location)));
                DigestInputStream digesting = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            digesting.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digesting.getMessageDigest().digest());
        } catch (IOException e) {
            return ""; // Not known: the file is gone or unreadable, and the bundle runs from what it had opened.
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
