package io.stratoswarm.audit.capture.store;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a pack. What does not fit is an {@link IOException} that says where. */
final class Pack implements AutoCloseable {
    private static final int KEPT_FRAMES = 8;
    private static final long MOST_SEALED = 1L << 30;

    private static final int ENTRY = 38;

    /** Takes an object's address and its place within this pack. */
    interface Entries {
        void entry(byte[] address, int frame, int slot) throws IOException;
    }

    private final Path file;
    private final long id;
    private final Sealing sealing;
    private final FileChannel in;
    private final long[] offsets;
    /** As in the index: an object for each would be too many. */
    private final byte[] entries;

    private final Map<Integer, List<byte[]>> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, List<byte[]>> eldest) {
            return size() > KEPT_FRAMES;
        }
    };

    private Pack(Path file, long id, Sealing sealing, FileChannel in, long[] offsets, byte[] entries) {
        this.file = file;
        this.id = id;
        this.sealing = sealing;
        this.in = in;
        this.offsets = offsets;
        this.entries = entries;
    }

    static Pack open(Path file, long id, Sealing sealing) throws IOException {
        FileChannel in = FileChannel.open(file, StandardOpenOption.READ);
        try {
            long size = in.size();
            int tail = 8 + PackWriter.END.length;
            if (size < PackWriter.HEAD.length + tail
                    || !Arrays.equals(read(in, 0, PackWriter.HEAD.length), PackWriter.HEAD)
                    || !Arrays.equals(read(in, size - PackWriter.END.length, PackWriter.END.length), PackWriter.END)) {
                throw new IOException(file + " is not a whole pack");
            }
            long at = ByteBuffer.wrap(read(in, size - tail, 8)).getLong();
            if (at < 0 || at > size - tail) {
                throw new IOException(file + " names no place of its index");
            }
            byte[] index = unseal(file, sealing, read(in, at, size - tail - at), PackWriter.context(id, -1));
            DataInputStream data = new DataInputStream(new ByteArrayInputStream(index));
            long[] offsets = new long[data.readInt()];
            for (int i = 0; i < offsets.length; i++) {
                offsets[i] = data.readLong();
            }
            int count = data.readInt();
            byte[] entries = data.readNBytes(Math.multiplyExact(count, ENTRY));
            if (entries.length != count * ENTRY) {
                throw new IOException(file + " has an index that is cut off");
            }
            return new Pack(file, id, sealing, in, offsets, entries);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    private static byte[] unseal(Path file, Sealing sealing, byte[] sealed, byte[] context) throws IOException {
        try {
            return sealing.open(sealed, context);
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " is damaged, or was sealed under another key", e);
        }
    }

    private static byte[] read(FileChannel in, long at, long length) throws IOException {
        if (length < 0 || length > MOST_SEALED) {
            throw new IOException("a piece of " + length + " bytes is named");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) length);
        while (bytes.hasRemaining()) {
            if (in.read(bytes, at + bytes.position()) < 0) {
                throw new EOFException("the file ends too early");
            }
        }
        return bytes.array();
    }

    int size() {
        return entries.length / ENTRY;
    }

    /** Puts all objects into an index, as those of the pack with this number. */
    void index(ObjectIndex index, int number) {
        index.makeRoom(size());
        ByteBuffer in = ByteBuffer.wrap(entries);
        for (int at = 0; at < entries.length; at += ENTRY) {
            long place = Places.of(number, in.getInt(at + 32), Short.toUnsignedInt(in.getShort(at + 36)));
            index.put(in.getLong(at), in.getLong(at + 8), place);
        }
    }

    void forEach(Entries consumer) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(entries);
        while (in.hasRemaining()) {
            byte[] address = new byte[32];
            in.get(address);
            consumer.entry(address, in.getInt(), Short.toUnsignedInt(in.getShort()));
        }
    }

    Path file() {
        return file;
    }

    byte[] read(int frame, int slot) throws IOException {
        List<byte[]> objects = kept.get(frame);
        if (objects == null) {
            if (frame >= offsets.length) {
                throw new IOException(file + " has no frame " + frame);
            }
            int length = ByteBuffer.wrap(read(in, offsets[frame], 4)).getInt();
            objects = Frame.decode(
                    unseal(file, sealing, read(in, offsets[frame] + 4, length), PackWriter.context(id, frame)));
            kept.put(frame, objects);
        }
        if (slot >= objects.size()) {
            throw new IOException(file + " has no object " + slot + " in frame " + frame);
        }
        return objects.get(slot);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
