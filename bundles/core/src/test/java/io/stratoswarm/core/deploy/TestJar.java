package io.stratoswarm.core.deploy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Small jars for tests. */
final class TestJar {
    private TestJar() {}

    static byte[] bundle(String symbolicName, String version, String... headers) throws IOException {
        return withManifest("Manifest-Version: 1.0\nBundle-ManifestVersion: 2\nBundle-SymbolicName: " + symbolicName
                + "\nBundle-Version: " + version + "\n"
                + String.join(
                        "",
                        java.util.Arrays.stream(headers).map(it -> it + "\n").toList()) + "\n");
    }

    static byte[] withManifest(String manifest) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Manifest parsed = new Manifest(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8)));
        try (JarOutputStream jar = new JarOutputStream(bytes, parsed)) {
            jar.putNextEntry(new ZipEntry("content.txt"));
            jar.write("something that can be damaged".repeat(20).getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
        }
        return bytes.toByteArray();
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
