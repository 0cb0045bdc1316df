package io.stratoswarm.core.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.core.deploy.JarCheck.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarCheckTest {
    @TempDir
    Path folder;

    @Test
    void shouldReadNameVersionAndHost() throws IOException {
        assertEquals(
                new Verdict.Bundle("com.example.a", "1.2.3.rc-1", Optional.empty()),
                check(TestJar.bundle("com.example.a;singleton:=true", "1.2.3.rc-1")));
        assertEquals(
                new Verdict.Bundle("com.example.f", "1", Optional.of("com.example.a")),
                check(TestJar.bundle("com.example.f", "1", "Fragment-Host: com.example.a;bundle-version=1")));
    }

    @Test
    void shouldSayWhatIsWrongWithEachKindOfFile() throws IOException {
        refused(new byte[0], "is empty");
        refused("hello".getBytes(java.nio.charset.StandardCharsets.UTF_8), "is not a jar");
        refused(TestJar.withManifest("Manifest-Version: 1.0\n\n"), "no Bundle-SymbolicName");
        refused(TestJar.withManifest("Manifest-Version: 1.0\nBundle-SymbolicName: a\n\n"), "Bundle-ManifestVersion: 2");
        refused(TestJar.bundle("a b", "1.0.0"), "invalid Bundle-SymbolicName 'a b'");
        refused(TestJar.bundle("a", "one"), "invalid Bundle-Version 'one'");
        refused(zip("a.txt"), "no META-INF/MANIFEST.MF");
    }

    @Test
    void shouldNeverAcceptDamagedContentNorThrow() throws IOException {
        byte[] good = TestJar.bundle("com.example.a", "1.0.0");
        Random random = new Random(1);
        int refused = 0;
        for (int round = 0; round < 300; round++) {
            byte[] bad = good.clone();
            bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            if (check(bad) instanceof Verdict.Refused) {
                refused++;
            }
        }
        // Some fields of a zip file, such as times and comments, carry nothing that is loaded.
        assertTrue(refused > 150, "refused " + refused);
    }

    private void refused(byte[] bytes, String part) throws IOException {
        Verdict verdict = check(bytes);
        assertTrue(
                verdict instanceof Verdict.Refused refused && refused.reason().contains(part), verdict.toString());
    }

    private Verdict check(byte[] bytes) throws IOException {
        Path file = folder.resolve("x.jar");
        Files.write(file, bytes);
        return JarCheck.check(file);
    }

    private static byte[] zip(String entry) throws IOException {
        var bytes = new java.io.ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(1);
        }
        return bytes.toByteArray();
    }
}
