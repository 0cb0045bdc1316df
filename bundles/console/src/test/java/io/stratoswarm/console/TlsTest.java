package io.stratoswarm.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsTest {
    private static final String SECRET = "changeit";

    @TempDir
    Path data;

    private ServerFixture server;

    @BeforeEach
    void open() throws IOException {
        InMemoryServices services = new InMemoryServices(data.toString(), ApiServerTest::parse);
        server = new ServerFixture(
                data, services, Limits.DEFAULT, Map.of("listen", "https://127.0.0.1:0"), ServerFixture.REAL);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static X509Certificate certificate(byte[] pem) throws Exception {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(pem));
    }

    private X509Certificate served() throws Exception {
        return certificate(Files.readAllBytes(data.resolve("tls/cert.pem")));
    }

    private static KeyStore trusting(X509Certificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("one", certificate);
        return store;
    }

    /** A client that checks the server's certificate and name as browsers do. */
    private Web web(KeyStore trust, @Nullable KeyStore own, String name) throws Exception {
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(trust);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, SECRET.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
        return new Web(server.url(), Map.of(), (host, port) -> {
            Socket plain = new Socket(host, port);
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, name, port, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        });
    }

    @Test
    void shouldServeAGeneratedCertificateThatClientsCanCheck() throws Exception {
        Web web = web(trusting(served()), null, "127.0.0.1").bearer(server.token());
        assertEquals(200, web.get("/api/v1/agents").status());
        assertEquals(
                200, web(trusting(served()), null, "localhost").get("/healthz").status());
        assertThrows(
                IOException.class,
                () -> web(trusting(served()), null, "evil.example").get("/healthz"));
        URI plain = URI.create("http://127.0.0.1:" + server.url().getPort() + "/");
        assertThrows(IOException.class, () -> new Web(plain).get("/healthz"));
        assertEquals(
                PosixFilePermissions.fromString("rw-------"),
                Files.getPosixFilePermissions(data.resolve("tls/key.pem")));
        Web.Answer login = web.post("/api/v1/session", "{\"token\":\"" + server.token() + "\"}");
        assertTrue(login.header("set-cookie").contains("; Secure"), login.header("set-cookie"));
    }

    @Test
    void shouldPromiseTlsForItsOwnNamesOnly() throws Exception {
        server.configure(Map.of("listen", "https://127.0.0.1:0", "hosts", "build1.example"));
        Web web = web(trusting(served()), null, "build1.example");
        assertTrue(web.with("Host", "build1.example")
                .get("/healthz")
                .header("strict-transport-security")
                .startsWith("max-age="));
        assertEquals("", web.with("Host", "localhost").get("/healthz").header("strict-transport-security"));
    }

    @Test
    void shouldKeepACertificateAndRenewItInTime() throws Exception {
        ManualClock clock = new ManualClock();
        Certificates certificates = new Certificates(data.resolve("other"), clock.surroundings());
        ConsoleConfig config = ConsoleConfig.parse(Map.of("listen", "https://0.0.0.0:0", "hosts", "a.example"));
        Certificates.Material first = certificates.load(config.tls(), config.certificateNames());
        assertTrue(certificates.load(config.tls(), config.certificateNames()).same(first));
        X509Certificate made = certificate(first.certificate());
        made.verify(made.getPublicKey());
        assertEquals(0, made.getBasicConstraints());
        assertTrue(made.getSubjectAlternativeNames().toString().contains("a.example"));
        assertFalse(made.getSubjectAlternativeNames().toString().contains("0.0.0.0"));
        clock.pass(Duration.ofDays(366));
        assertTrue(certificates.load(config.tls(), config.certificateNames()).same(first));
        clock.pass(Duration.ofDays(2));
        assertFalse(certificates.load(config.tls(), config.certificateNames()).same(first), "not renewed");
    }

    @Test
    void shouldServeGivenFilesAndSayWhatIsWrongWithThem() throws Exception {
        SelfSigned given = SelfSigned.make(Set.of("localhost", "127.0.0.1"), ServerFixture.REAL);
        Path certificate = Files.writeString(data.resolve("given.pem"), given.certificatePem());
        Path key = Files.writeString(data.resolve("given.key"), given.keyPem());
        Map<String, Object> config = new HashMap<>(Map.of("listen", "https://127.0.0.1:0"));
        config.put("tls.certificate", certificate.toString());
        config.put("tls.key", key.toString());
        server.configure(config);
        X509Certificate expected = certificate(given.certificatePem().getBytes(StandardCharsets.UTF_8));
        assertNotEquals(served(), expected);
        assertEquals(
                200, web(trusting(expected), null, "127.0.0.1").get("/healthz").status());
        config.put("tls.key", data.resolve("none.key").toString());
        server.configure(config);
        assertEquals(List.of(), server.server().urls());
        String told =
                RawClient.ask(server.socket(), "GET", "/api/v1/status", "").body();
        assertTrue(told.contains("none.key") && told.contains("cannot be read"), told);
    }

    /** Made by the JDK's own tool, so that the server is tried with what it did not make itself. */
    private KeyStore clientKey(String name) throws Exception {
        Path file = data.resolve(name + ".p12");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "own",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name + ",O=Test",
                        "-ext",
                        "EKU=clientAuth",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        SECRET)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(file)) {
            store.load(in, SECRET.toCharArray());
        }
        return store;
    }

    @Test
    void shouldAskClientsForACertificateWhereItIsToldTo() throws Exception {
        KeyStore ops = clientKey("ops");
        Certificate known = Objects.requireNonNull(ops.getCertificate("own"));
        Path ca = Files.writeString(
                data.resolve("clients.pem"),
                "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(known.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        Map<String, Object> config =
                new HashMap<>(Map.of("listen", "https://127.0.0.1:0", "tls.client.ca", ca.toString()));
        server.configure(config);
        KeyStore trust = trusting(served());
        assertThrows(IOException.class, () -> web(trust, null, "127.0.0.1").get("/healthz"));
        assertThrows(
                IOException.class,
                () -> web(trust, clientKey("stranger"), "127.0.0.1").get("/healthz"));
        Web web = web(trust, ops, "127.0.0.1");
        assertEquals(401, web.get("/api/v1/agents").status(), "a certificate alone may nothing unless told so");
        assertEquals(200, web.bearer(server.token()).get("/api/v1/agents").status());
        config.put("tls.client.role", "viewer");
        server.configure(config);
        web = web(trust, ops, "127.0.0.1");
        assertEquals(
                "cert:ops@127.0.0.1",
                web.get("/api/v1/session").json().get("actor").textValue());
        assertEquals(403, web.get("/api/v1/config").status());
        assertEquals(200, web.bearer(server.token()).get("/api/v1/config").status());
    }
}
