package io.stratoswarm.core.deploy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Decides from its bytes alone whether a file is a whole, undamaged bundle. */
final class JarCheck {
    private static final int BUFFER = 1 << 16;

    private JarCheck() {}

    /** What a file turned out to be. */
    sealed interface Verdict {
        /**
         * A bundle.
         *
         * @param fragmentHost symbolic name of the bundle that it extends, where it is a fragment
         */
        record Bundle(String symbolicName, String version, Optional<String> fragmentHost) implements Verdict {}

        /** Not fit to be loaded; one line that says why and what to do. */
        record Refused(String reason) implements Verdict {}
    }

    static Verdict check(Path jar) throws IOException {
        if (Files.size(jar) == 0) {
            return new Verdict.Refused("is empty; copy it again");
        }
        if (!startsAsZip(jar)) {
            return new Verdict.Refused(
                    "is not a jar: it does not begin as a zip file does; build it with mvn package or jar --create");
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            readEverything(zip);
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            return new Verdict.Refused("is truncated or damaged ("
                    + Objects.requireNonNullElse(e.getMessage(), "unexpected end") + "); copy it again");
        }
        return checkManifest(jar);
    }

    private static boolean startsAsZip(Path jar) throws IOException {
        try (InputStream in = Files.newInputStream(jar)) {
            byte[] head = in.readNBytes(4);
            return head.length == 4 && head[0] == 'P' && head[1] == 'K' && head[2] == 3 && head[3] == 4;
        }
    }

    /** Inflating each entry checks its CRC. */
    private static void readEverything(ZipFile zip) throws IOException {
        byte[] buffer = new byte[BUFFER];
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
            ZipEntry entry = entries.nextElement();
            try (InputStream in = zip.getInputStream(entry)) {
                CRC32 crc = new CRC32();
                int read;
                while ((read = in.read(buffer)) >= 0) {
                    crc.update(buffer, 0, read);
                }
                if (entry.getCrc() != -1 && entry.getCrc() != crc.getValue()) {
                    throw new ZipException("wrong checksum of " + entry.getName());
                }
            } catch (EOFException e) {
                throw new ZipException("unexpected end of " + entry.getName());
            }
        }
    }

    private static Verdict checkManifest(Path jar) throws IOException {
        @Nullable Manifest manifest;
        boolean inFront;
        try (JarFile file = new JarFile(jar.toFile(), false);
                JarInputStream stream = new JarInputStream(Files.newInputStream(jar), false)) {
            manifest = file.getManifest();
            inFront = stream.getManifest() != null;
        } catch (IOException | IllegalArgumentException e) {
            return new Verdict.Refused("has a malformed META-INF/MANIFEST.MF: " + e.getMessage());
        }
        if (manifest == null) {
            return new Verdict.Refused("has no META-INF/MANIFEST.MF; build it as docs/add-a-bundle.md shows");
        }
        if (!inFront) {
            return new Verdict.Refused(
                    "has its META-INF/MANIFEST.MF not as the first file; pack it with jar or maven-jar-plugin");
        }
        return checkHeaders(manifest.getMainAttributes());
    }

    private static Verdict checkHeaders(Attributes attributes) {
        String name = firstClause(attributes.getValue("Bundle-SymbolicName"));
        if (name.isEmpty()) {
            return new Verdict.Refused(
                    "is a plain jar and no bundle: its manifest has no Bundle-SymbolicName; build it as docs/add-a-bundle.md shows");
        }
        if (!name.matches("[\\w-]+(\\.[\\w-]+)*")) {
            return new Verdict.Refused("has an invalid Bundle-SymbolicName '" + name + "'");
        }
        String manifestVersion =
                orEmpty(attributes.getValue("Bundle-ManifestVersion")).strip();
        if (!manifestVersion.equals("2")) {
            return new Verdict.Refused(
                    "has no Bundle-ManifestVersion: 2 in its manifest; build it as docs/add-a-bundle.md shows");
        }
        String version = orEmpty(attributes.getValue("Bundle-Version")).strip();
        if (!version.matches("(\\d+(\\.\\d+(\\.\\d+(\\.[\\w-]+)?)?)?)?")) {
            return new Verdict.Refused(
                    "has an invalid Bundle-Version '" + version + "'; write it as 1.2.3 or 1.2.3.qualifier");
        }
        String host = firstClause(attributes.getValue("Fragment-Host"));
        return new Verdict.Bundle(
                name, version.isEmpty() ? "0.0.0" : version, host.isEmpty() ? Optional.empty() : Optional.of(host));
    }

    private static String firstClause(@Nullable String header) {
        return List.of(orEmpty(header).split(";", 2)).getFirst().strip();
    }

    private static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }
}
