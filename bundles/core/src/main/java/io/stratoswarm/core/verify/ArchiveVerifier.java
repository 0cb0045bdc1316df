package io.stratoswarm.core.verify;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Checks a file of archived events, alone: every leaf, the order of sequences and times, and that the peaks at its beginning and the leaves
 * give the root at its end. Whoever knows that root from elsewhere, such as a signed checkpoint or the event JournalPruned, knows that
 * the file holds what was in the journal.
 */
public final class ArchiveVerifier {
    private static final int MAGIC = 0x53574131;

    private final Findings findings = new Findings();
    private final TreeCheck tree = new TreeCheck();
    private String journal = "";
    private long first;
    private long end;

    /** What was found; {@code rootHash} is that over all events before {@code end}. */
    public record Report(String journal, long first, long end, String rootHash, java.util.List<String> problems) {}

    private ArchiveVerifier() {}

    public static Report verify(Path file) throws IOException {
        return new ArchiveVerifier().run(file);
    }

    private Report run(Path file) throws IOException {
        byte @Nullable [] root = null;
        try (DataInputStream in = new DataInputStream(
                new BufferedInputStream(new GZIPInputStream(Files.newInputStream(file), 1 << 16), 1 << 16))) {
            root = read(in);
        } catch (EOFException e) {
            findings.problem(file + " ends too early, within event " + tree.size());
        } catch (ZipException e) {
            findings.problem(file + " is damaged or no archive of events: " + e.getMessage());
        } catch (LeafView.Malformed e) {
            findings.problem(file + ": " + e.getMessage());
        }
        return new Report(
                journal, first, end, root == null ? "" : HexFormat.of().formatHex(root), findings.listed());
    }

    private byte @Nullable [] read(DataInputStream in) throws IOException, LeafView.Malformed {
        if (in.readInt() != MAGIC) {
            throw new LeafView.Malformed("it does not begin with SWA1");
        }
        UUID id = new UUID(in.readLong(), in.readLong());
        journal = id.toString();
        first = in.readLong();
        end = in.readLong();
        if (first < 0 || end <= first) {
            throw new LeafView.Malformed("it says that it holds the events " + first + " to " + end);
        }
        byte[] peaks = new byte[32 * Long.bitCount(first)];
        in.readFully(peaks);
        tree.restart(first, peaks);
        long time = Long.MIN_VALUE;
        for (long sequence = first; sequence < end; sequence++) {
            byte[] frame = new byte[LeafView.HEADER + in.readUnsignedShort()];
            byte[] hash = new byte[32];
            if (LeafView.isLost(frame)) {
                in.readFully(hash);
            } else {
                in.readFully(frame, LeafView.HEADER, frame.length - LeafView.HEADER);
                hash = tree.leafHash(frame);
                LeafView leaf = LeafView.read(frame);
                if (leaf.sequence() != sequence || !leaf.journal().equals(id) || leaf.time() < time) {
                    findings.problem("event " + sequence + ": its leaf says it is event " + leaf.sequence()
                            + " of journal " + leaf.journal()
                            + (leaf.time() < time ? ", and is older than the one before it" : ""));
                }
                time = Math.max(time, leaf.time());
            }
            tree.add(hash, (level, computed) -> computed);
        }
        byte[] stored = new byte[32];
        in.readFully(stored);
        if (!Arrays.equals(stored, tree.root())) {
            findings.problem("its events do not give the root at its end: they are not those that were archived");
        }
        if (in.read() >= 0) {
            findings.problem("there is something after its end");
        }
        return tree.root();
    }
}
