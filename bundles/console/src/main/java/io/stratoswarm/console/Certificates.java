package io.stratoswarm.console;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What TLS is served with: files that are given, or a certificate that is generated in the data folder and renewed by itself.
 * Nothing of this is loaded before an address with TLS is opened.
 */
final class Certificates {
    private static final long RENEW_DAYS = 30;

    private static final Pattern COMMON_NAME = Pattern.compile("(?:^|,)CN=([^,]+)");

    private final Path folder;
    private final Surroundings surroundings;

    Certificates(Path folder, Surroundings surroundings) {
        this.folder = folder;
        this.surroundings = surroundings;
    }

    /** The bytes of all files, so that a change of one is seen. */
    record Material(byte[] certificate, byte[] key, byte[] clientCa) {
        boolean same(Material other) {
            return Arrays.equals(certificate, other.certificate)
                    && Arrays.equals(key, other.key)
                    && Arrays.equals(clientCa, other.clientCa);
        }
    }

    /** @param names that a generated certificate is for */
    Material load(ConsoleConfig.TlsConfig config, Set<String> names) {
        if (config.certificate().isEmpty() != config.key().isEmpty()) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "'tls.certificate' and 'tls.key' must be given together, or neither for a generated one");
        }
        byte[] clientCa = config.clientCa().isEmpty() ? new byte[0] : read("tls.client.ca", Path.of(config.clientCa()));
        if (clientCa.length > 0) {
            parse("tls.client.ca", clientCa);
        }
        if (!config.certificate().isEmpty()) {
            byte[] certificate = read("tls.certificate", Path.of(config.certificate()));
            checkValid(parse("tls.certificate", certificate).iterator().next());
            return new Material(certificate, read("tls.key", Path.of(config.key())), clientCa);
        }
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        try {
            if (!good(certificate, key, names)) {
                generate(certificate, key, names);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new StratoswarmException(
                    Kind.SYSTEM, "no certificate could be generated in " + folder + ": " + e.getMessage(), e);
        }
        return new Material(read("tls", certificate), read("tls", key), clientCa);
    }

    private void checkValid(X509Certificate certificate) {
        if (certificate.getNotAfter().toInstant().isBefore(surroundings.clock().instant())) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "tls.certificate: it has expired on "
                            + certificate.getNotAfter().toInstant());
        }
    }

    private static byte[] read(String what, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    what + ": " + file + " cannot be read (" + e.getClass().getSimpleName() + ")",
                    e);
        }
    }

    @SuppressWarnings("unchecked") // The factory of X.509 makes nothing else.
    private static Collection<X509Certificate> parse(String what, byte[] pem) {
        try {
            Collection<X509Certificate> found = (Collection<X509Certificate>)
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
            if (!found.isEmpty()) {
                return found;
            }
        } catch (GeneralSecurityException e) {
            throw new StratoswarmException(Kind.INVALID, what + ": no PEM certificates: " + e.getMessage(), e);
        }
        throw new StratoswarmException(Kind.INVALID, what + ": the file holds no certificate");
    }

    private boolean good(Path certificate, Path key, Set<String> names) throws IOException {
        if (!Files.isRegularFile(certificate) || !Files.isRegularFile(key)) {
            return false;
        }
        X509Certificate there =
                parse("tls", Files.readAllBytes(certificate)).iterator().next();
        Duration left = Duration.between(
                surroundings.clock().instant(), there.getNotAfter().toInstant());
        return left.toDays() >= RENEW_DAYS && names(there).containsAll(names);
    }

    private static Set<String> names(X509Certificate certificate) {
        try {
            Set<String> names = new TreeSet<>();
            Collection<List<?>> found = certificate.getSubjectAlternativeNames();
            if (found != null) {
                found.forEach(name -> names.add(SelfSigned.canonical(String.valueOf(name.get(1)))));
            }
            return names;
        } catch (GeneralSecurityException e) {
            return Set.of();
        }
    }

    private void generate(Path certificate, Path key, Set<String> names) throws IOException, GeneralSecurityException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        SelfSigned made = SelfSigned.make(names, surroundings);
        write(key, made.keyPem());
        write(certificate, made.certificatePem());
    }

    private static void write(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + "~");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, text, StandardOpenOption.WRITE);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The name of a subject as it goes into events: plain characters only. */
    static String commonName(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        Matcher matcher = COMMON_NAME.matcher(subject);
        String name = matcher.find() ? matcher.group(1) : subject;
        String clean = name.replaceAll("[^A-Za-z0-9._-]", "_");
        return clean.length() > 63 ? clean.substring(0, 63) : clean;
    }

    static void serve(HttpServerOptions options, Material material) {
        options.setSsl(true)
                .setUseAlpn(false)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertValue(Buffer.buffer(material.certificate()))
                        .addKeyValue(Buffer.buffer(material.key())));
        options.setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"));
        options.setSslHandshakeTimeout(10);
        if (material.clientCa().length > 0) {
            options.setClientAuth(ClientAuth.REQUIRED)
                    .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(material.clientCa())));
        }
    }
}
