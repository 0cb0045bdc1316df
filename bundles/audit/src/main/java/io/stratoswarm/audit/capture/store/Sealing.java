package io.stratoswarm.audit.capture.store;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Encrypts what is stored. The key is a file that its owner alone may read, in a folder that no backup takes along. */
public final class Sealing {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKey key;
    private final RandomGenerator random;

    private Sealing(SecretKey key, RandomGenerator random) {
        this.key = key;
        this.random = random;
    }

    /**
     * The key in this file, made where there is none.
     *
     * @param fresh whether a new key may be made: not where captures are there that the lost one is needed for
     * @param random a source fit for keys
     */
    public static Sealing open(Path file, boolean fresh, RandomGenerator random) {
        try {
            byte[] key;
            try {
                key = Files.readAllBytes(file);
            } catch (NoSuchFileException e) {
                if (!fresh) {
                    throw new StratoswarmException(
                            Kind.DAMAGED,
                            "the key " + file + " of the captures is not there, so none can be read; put it back,"
                                    + " or remove the folder of captures to begin anew",
                            e);
                }
                key = create(file, random);
            }
            if (key.length != KEY_BYTES) {
                throw new StratoswarmException(
                        Kind.DAMAGED, "the key " + file + " has " + key.length + " bytes and not " + KEY_BYTES);
            }
            return new Sealing(new SecretKeySpec(key, "AES"), random);
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "the key " + file + " cannot be read or made: " + e, e);
        }
    }

    private static byte[] create(Path file, RandomGenerator random) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        Path folder = Durable.privateFolder(file.toAbsolutePath().resolveSibling(""));
        Path aside = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(aside);
        try (FileChannel out = FileChannel.open(
                aside,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            out.write(ByteBuffer.wrap(key));
            out.force(true);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        Durable.sync(folder);
        return key;
    }

    /** @param context what is sealed and where it belongs, so that nothing can be put in another's place */
    byte[] seal(byte[] plain, int length, byte[] context) {
        byte[] nonce = new byte[NONCE_BYTES];
        synchronized (random) {
            random.nextBytes(nonce);
        }
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, context);
            byte[] sealed = new byte[NONCE_BYTES + cipher.getOutputSize(length)];
            System.arraycopy(nonce, 0, sealed, 0, NONCE_BYTES);
            cipher.doFinal(plain, 0, length, sealed, NONCE_BYTES);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new StratoswarmException(Kind.SYSTEM, "a capture cannot be encrypted: " + e, e);
        }
    }

    byte[] open(byte[] sealed, byte[] context) throws GeneralSecurityException {
        if (sealed.length < NONCE_BYTES + TAG_BITS / 8) {
            throw new GeneralSecurityException("too short");
        }
        return cipher(Cipher.DECRYPT_MODE, java.util.Arrays.copyOf(sealed, NONCE_BYTES), context)
                .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
    }

    private Cipher cipher(int mode, byte[] nonce, byte[] context) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(context);
        return cipher;
    }

    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
