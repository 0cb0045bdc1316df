package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.merkle.TreeHasher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One key a person, each in a file of its own outside the database and its backups: deleting it makes everything sealed
 * under it unreadable for good, while the journal's hashes stay as they are.
 */
public final class PersonKeys {
    private static final String SEALED = "sealed:1:";
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final Path folder;
    private final SecureRandom random;
    private final ConcurrentHashMap<String, Optional<SecretKey>> cache = new ConcurrentHashMap<>();

    public PersonKeys(Path folder, SecureRandom random) {
        this.folder = folder;
        this.random = random;
        Folders.createPrivate(folder);
        Folders.deleteMatching(folder, ".*[.]new");
    }

    private Path file(String person) {
        byte[] name = new TreeHasher().plain(person.getBytes(StandardCharsets.UTF_8));
        return folder.resolve("person-" + HexFormat.of().formatHex(name) + ".key");
    }

    static boolean isSealed(String value) {
        return value.startsWith(SEALED);
    }

    String seal(String person, String context, byte[] plain) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, keyForSealing(person), nonce, context);
            byte[] sealed = cipher.doFinal(plain);
            return SEALED
                    + Base64.getEncoder()
                            .encodeToString(ByteBuffer.allocate(nonce.length + sealed.length)
                                    .put(nonce)
                                    .put(sealed)
                                    .array());
        } catch (GeneralSecurityException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot encrypt a personal field: " + e, e);
        }
    }

    /** The plain bytes, or empty where the person was forgotten. */
    Optional<byte[]> open(String person, String context, String value) {
        Optional<SecretKey> key = cache.computeIfAbsent(person, this::load);
        if (key.isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(value.substring(SEALED.length()));
            byte[] nonce = java.util.Arrays.copyOf(bytes, NONCE_BYTES);
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, key.get(), nonce, context);
            return Optional.of(cipher.doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Sealed under a key that was forgotten before this one was made, or not sealed by us.
            return Optional.empty();
        }
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] nonce, String context)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private SecretKey keyForSealing(String person) {
        return cache.compute(person, (name, known) -> {
                    Optional<SecretKey> stored = known == null || known.isEmpty() ? load(name) : known;
                    return stored.isPresent() ? stored : Optional.of(create(name));
                })
                .orElseThrow();
    }

    private Optional<SecretKey> load(String person) {
        try {
            return Optional.of(new SecretKeySpec(Files.readAllBytes(file(person)), "AES"));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot read the key " + file(person) + ": " + e, e);
        }
    }

    private SecretKey create(String person) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        Path target = file(person);
        Path aside = target.resolveSibling(target.getFileName() + ".new");
        try {
            try (FileChannel out = FileChannel.open(
                    aside,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                out.write(ByteBuffer.wrap(key));
                out.force(true);
            }
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
            Folders.sync(folder);
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "cannot write the key " + target + ": " + e, e);
        }
        return new SecretKeySpec(key, "AES");
    }

    /** Deletes the key of this person; false where there is none. */
    public boolean forget(String person) {
        boolean[] existed = {false};
        cache.compute(person, (name, known) -> {
            try {
                existed[0] = Files.deleteIfExists(file(name));
                Folders.sync(folder);
            } catch (IOException e) {
                throw new StratoswarmException(Kind.SYSTEM, "cannot delete the key " + file(name) + ": " + e, e);
            }
            return Optional.empty();
        });
        return existed[0];
    }
}
