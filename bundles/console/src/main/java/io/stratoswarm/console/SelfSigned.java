package io.stratoswarm.console;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * A certificate that vouches for itself (RFC 5280), on the curve P-256. Bouncy Castle's provider, which is here anyway, has the
 * structures; its separate library for certificates would add a megabyte for the few lines below.
 */
record SelfSigned(String certificatePem, String keyPem) {
    /** A little over a year, the most that browsers take. */
    private static final Duration VALID = Duration.ofDays(397);

    static SelfSigned make(Set<String> names, Surroundings surroundings) throws GeneralSecurityException, IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        // Section 4.1.2.2: positive, at most 20 octets.
        byte[] serial = new byte[16];
        surroundings.random().nextBytes(serial);
        Instant now = surroundings.clock().instant();
        AlgorithmIdentifier algorithm = new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
        X500Name name = new X500Name("CN=stratoswarm");
        SubjectPublicKeyInfo key =
                SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());

        V3TBSCertificateGenerator certificate = new V3TBSCertificateGenerator();
        certificate.setSerialNumber(new ASN1Integer(new BigInteger(1, serial)));
        certificate.setSignature(algorithm);
        certificate.setIssuer(name);
        certificate.setSubject(name);
        certificate.setStartDate(new Time(Date.from(now.minus(Duration.ofHours(1)))));
        certificate.setEndDate(new Time(Date.from(now.plus(VALID))));
        certificate.setSubjectPublicKeyInfo(key);
        certificate.setExtensions(extensions(names, key).generate());
        TBSCertificate tbs = certificate.generateTBSCertificate();

        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(pair.getPrivate());
        signature.update(tbs.getEncoded(ASN1Encoding.DER));
        ASN1EncodableVector whole = new ASN1EncodableVector();
        whole.add(tbs);
        whole.add(algorithm);
        whole.add(new DERBitString(signature.sign()));
        byte[] der = new DERSequence(whole).getEncoded(ASN1Encoding.DER);
        return new SelfSigned(
                pem("CERTIFICATE", der), pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    }

    private static ExtensionsGenerator extensions(Set<String> names, SubjectPublicKeyInfo key)
            throws IOException, GeneralSecurityException {
        List<GeneralName> alternatives = new ArrayList<>();
        for (String name : names) {
            String plain = plain(name);
            alternatives.add(new GeneralName(address(plain) ? GeneralName.iPAddress : GeneralName.dNSName, plain));
        }
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(
                Extension.subjectAlternativeName, false, new GeneralNames(alternatives.toArray(GeneralName[]::new)));
        // It may be put among the authorities of a client, so it says that it is one, for nothing below it.
        extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
        extensions.addExtension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyCertSign));
        extensions.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        // Section 4.2.1.2: the hash of the key's bits names it.
        byte[] hash =
                MessageDigest.getInstance("SHA-1").digest(key.getPublicKeyData().getBytes());
        extensions.addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(hash));
        return extensions;
    }

    private static String plain(String name) {
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }

    private static boolean address(String name) {
        return name.indexOf(':') >= 0 || name.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    }

    /** A name as it is compared: addresses have several spellings. */
    static String canonical(String name) {
        String plain = plain(name.toLowerCase(Locale.ROOT));
        if (!address(plain)) {
            return plain;
        }
        try {
            return InetAddress.getByName(plain).getHostAddress();
        } catch (UnknownHostException e) {
            return plain;
        }
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + type + "-----\n";
    }
}
