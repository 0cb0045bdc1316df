package io.stratoswarm.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** TLS to a remote daemon. Loaded only where it is spoken. */
final class Tls {
    private static final char[] NO_PASSWORD = new char[0];

    private Tls() {}

    /** Speaks TLS over a connection; the certificate must be for this host. */
    static Socket over(Socket socket, String host, int port, Map<String, String> files) throws IOException, Failure {
        SSLSocket secure = (SSLSocket) context(files).getSocketFactory().createSocket(socket, host, port, true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    private static SSLContext context(Map<String, String> files) throws Failure {
        String current = "";
        try {
            TrustManager @Nullable [] trust = null;
            current = files.getOrDefault("--ca", "");
            if (!current.isEmpty()) {
                TrustManagerFactory factory =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                factory.init(store(certificates(current)));
                trust = factory.getTrustManagers();
            }
            KeyManager @Nullable [] own = null;
            current = files.getOrDefault("--client-cert", "");
            if (!current.isEmpty()) {
                Collection<? extends Certificate> chain = certificates(current);
                KeyStore store = store(chain);
                current = files.getOrDefault("--client-key", "");
                store.setKeyEntry("own", key(current), NO_PASSWORD, chain.toArray(Certificate[]::new));
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(store, NO_PASSWORD);
                own = factory.getKeyManagers();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, trust, null);
            return context;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new Failure(ExitCode.USAGE, "the file '" + current + "' is no usable PEM file: " + e.getMessage(), e);
        }
    }

    private static KeyStore store(Collection<? extends Certificate> certificates)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        int number = 0;
        for (Certificate certificate : certificates) {
            store.setCertificateEntry("certificate-" + number++, certificate);
        }
        return store;
    }

    private static Collection<? extends Certificate> certificates(String file)
            throws IOException, GeneralSecurityException {
        byte[] pem = Files.readAllBytes(Path.of(file));
        Collection<? extends Certificate> found =
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
        if (found.isEmpty()) {
            throw new GeneralSecurityException("it holds no certificate");
        }
        return found;
    }

    /** PKCS #8 as openssl and the daemon write it: {@code -----BEGIN PRIVATE KEY-----}. */
    private static PrivateKey key(String file) throws IOException, GeneralSecurityException {
        String pem = Files.readString(Path.of(file));
        int begin = pem.indexOf("-----BEGIN PRIVATE KEY-----");
        int end = pem.indexOf("-----END PRIVATE KEY-----");
        if (begin < 0 || end < begin) {
            throw new GeneralSecurityException(
                    "it holds no unencrypted PKCS #8 key ('openssl pkcs8 -topk8 -nodes' makes one)");
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.substring(begin + 27, end));
        GeneralSecurityException last = new GeneralSecurityException("its algorithm is not known");
        for (String algorithm : new String[] {"EC", "RSA", "Ed25519"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (GeneralSecurityException e) {
                last = e;
            }
        }
        throw last;
    }

    static String explain(URI url, SSLException e) {
        String reason = String.valueOf(e.getMessage());
        String hint = reason.contains("path building") || reason.contains("PKIX")
                ? "; its certificate is of no authority that is known here: name it with --ca, for example a copy of the daemon's"
                        + " DATA/tls/cert.pem"
                : reason.contains("plaintext") || reason.contains("Unsupported or unrecognized")
                        ? "; it speaks no TLS there, so try http://"
                        : "";
        return "no secure connection to " + url + ": " + reason + hint;
    }
}
