package io.stratoswarm.core.journal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.core.data.Folders;
import io.stratoswarm.core.merkle.Frontier;
import io.stratoswarm.core.merkle.StoredHashes;
import io.stratoswarm.core.merkle.TreeHasher;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.lmdbjava.Cursor;
import org.lmdbjava.GetOp;

/**
 * Writes the events of a segment to a compressed file before it is dropped: the peaks of the tree where it begins, every leaf as it was hashed,
 * and the root where it ends, so that the file proves itself. The format is in {@code docs/journal-format.md}.
 */
final class Archiver {
    static final int MAGIC = 0x53574131;
    private static final int CHUNK = 1024;

    private final JournalStore store;
    private final UUID journal;
    private final Path folder;

    Archiver(JournalStore store, UUID journal, Path folder) {
        this.store = store;
        this.journal = journal;
        this.folder = folder;
    }

    /** @param segments first sequences */
    List<Pruning.Archived> write(Collection<Long> segments) {
        List<Pruning.Archived> written = new ArrayList<>();
        try {
            Folders.createPrivate(folder);
            for (long first : segments) {
                written.add(one(first, store.segments().next(first).orElseThrow()));
            }
            Folders.sync(folder);
        } catch (IOException e) {
            throw new StratoswarmException(
                    Kind.SYSTEM,
                    "cannot write to the archive " + folder + ", so nothing was pruned: " + e
                            + "; make room there, or change keep.archive in stratoswarm.journal.cfg",
                    e);
        }
        return written;
    }

    private Pruning.Archived one(long first, long end) throws IOException {
        Path target = folder.resolve(String.format("journal-%s-%012d-%012d.swa.gz", journal, first, end));
        Path building = target.resolveSibling(target.getFileName() + ".new");
        try (DataOutputStream out = new DataOutputStream(
                new BufferedOutputStream(new GZIPOutputStream(Files.newOutputStream(building), 1 << 16), 1 << 16))) {
            out.writeInt(MAGIC);
            out.writeLong(journal.getMostSignificantBits());
            out.writeLong(journal.getLeastSignificantBits());
            out.writeLong(first);
            out.writeLong(end);
            out.write(peaks(first));
            for (long at = first; at < end; at += CHUNK) {
                leaves(at, Math.min(end, at + CHUNK), out);
            }
            out.write(store.root(end));
        }
        Folders.syncFile(building);
        String hash = sha256(building);
        Files.move(building, target, StandardCopyOption.ATOMIC_MOVE);
        return new Pruning.Archived(target.toString(), first, end, hash);
    }

    private byte[] peaks(long first) {
        return Frontier.load(new TreeHasher(), first, new StoredTree(store.segments()))
                .encode();
    }

    /** Two bytes of length and the leaf; of an event that was lost to damage length 0 and its hash. */
    private void leaves(long from, long end, DataOutputStream out) throws IOException {
        Segment segment = store.segments().of(from);
        List<byte[]> frames = segment.read(txn -> {
            List<byte[]> read = new ArrayList<>();
            try (Cursor<ByteBuffer> cursor = segment.events.openCursor(txn)) {
                boolean more = cursor.get(Bytes.direct(from), GetOp.MDB_SET_KEY);
                for (long sequence = from; sequence < end; sequence++) {
                    if (!more || cursor.key().getLong(0) != sequence || !Frame.intact(cursor.val(), sequence)) {
                        throw Damage.event(sequence);
                    }
                    cursor.seek(org.lmdbjava.SeekOp.MDB_GET_CURRENT);
                    read.add(Bytes.copy(cursor.val()));
                    more = cursor.next();
                }
            }
            return read;
        });
        for (int i = 0; i < frames.size(); i++) {
            byte[] frame = frames.get(i);
            int length = frame.length - Frame.HEADER_BYTES;
            out.writeShort(length);
            if (length == 0) {
                out.write(new StoredTree(store.segments()).read(StoredHashes.indexOfLeaf(from + i)));
            } else {
                out.write(frame, Frame.HEADER_BYTES, length);
            }
        }
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream digest = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            digest.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(digest.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
