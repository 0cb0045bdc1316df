package io.stratoswarm.core.store;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.data.Folders;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;

/** Blobs as files, two levels deep by hash. A file is written aside, synced and renamed, so a name always means whole bytes. */
public final class FileBlobStore implements BlobStore {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final String ASIDE = "incoming-";

    private final Path folder;
    private final AtomicLong number = new AtomicLong();

    /** The caller's process holds the data folder, so what an earlier one left unfinished can go. */
    public FileBlobStore(Path folder) {
        this.folder = folder;
        Folders.createPrivate(folder);
        Folders.deleteMatching(folder, ASIDE + ".*");
    }

    @Override
    public String put(byte[] bytes) {
        Digest digest = SHA256Digest.newInstance();
        digest.update(bytes, 0, bytes.length);
        String hash = finish(digest);
        if (contains(hash)) {
            return hash;
        }
        try {
            return put(new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public String put(InputStream bytes) throws IOException {
        Path aside = folder.resolve(ASIDE + number.incrementAndGet());
        try {
            String hash = copy(bytes, aside);
            Path target = path(hash);
            if (Files.exists(target)) {
                return hash;
            }
            Path parent = target.resolveSibling(".").normalize();
            boolean created = !Files.isDirectory(parent);
            Folders.createPrivate(parent);
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
            Folders.sync(parent);
            if (created) {
                Folders.sync(folder);
            }
            return hash;
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    private String copy(InputStream bytes, Path aside) throws IOException {
        Digest digest = SHA256Digest.newInstance();
        byte[] buffer = new byte[1 << 16];
        try (FileChannel out = FileChannel.open(aside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int read = bytes.read(buffer); read >= 0; read = bytes.read(buffer)) {
                digest.update(buffer, 0, read);
                ByteBuffer piece = ByteBuffer.wrap(buffer, 0, read);
                while (piece.hasRemaining()) {
                    out.write(piece);
                }
            }
            out.force(true);
        }
        return finish(digest);
    }

    @Override
    public Optional<byte[]> get(String hash) {
        Path path = path(hash);
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw failure(e);
        }
        Digest digest = SHA256Digest.newInstance();
        digest.update(bytes, 0, bytes.length);
        if (!finish(digest).equals(hash)) {
            throw new StratoswarmException(
                    Kind.DAMAGED, "blob " + path + " does not fit its hash; restore it from a backup");
        }
        return Optional.of(bytes);
    }

    @Override
    public boolean contains(String hash) {
        return Files.isRegularFile(path(hash));
    }

    /** Deletes a blob that nothing names any more; false where it was not there. */
    public boolean delete(String hash) {
        try {
            return Files.deleteIfExists(path(hash));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    private Path path(String hash) {
        if (!HASH.matcher(hash).matches()) {
            throw new StratoswarmException(
                    Kind.INVALID, "a blob is named by 64 lower-case hexadecimal digits, not '" + hash + "'");
        }
        return folder.resolve(hash.substring(0, 2)).resolve(hash);
    }

    private StratoswarmException failure(IOException e) {
        boolean full = String.valueOf(e.getMessage()).contains("No space left");
        return new StratoswarmException(
                full ? Kind.FULL : Kind.SYSTEM,
                (full ? "no space is left for blobs in " : "cannot read or write blobs in ") + folder + ": " + e,
                e);
    }

    private static String finish(Digest digest) {
        byte[] hash = new byte[digest.getDigestSize()];
        digest.doFinal(hash, 0);
        return HexFormat.of().formatHex(hash);
    }
}
