package io.stratoswarm.audit.capture.store;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Writes one pack aside; frames are compressed and encrypted by the given threads, in order, at most so many at a time. */
final class PackWriter implements AutoCloseable {
    static final byte[] HEAD = "SWPACK1\n".getBytes(StandardCharsets.US_ASCII);
    static final byte[] END = "SWPEND1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int UNDER_WAY = 16;

    private final Path file;
    private final long id;
    private final Sealing sealing;
    private final ExecutorService workers;
    private final FileChannel out;
    private final Deque<Future<byte[]>> underWay = new ArrayDeque<>();
    private final List<Long> offsets = new ArrayList<>();
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private List<byte[]> frame = new ArrayList<>();
    private int frameBytes;
    private int frames;
    private int objects;
    private boolean published;
    private long size;

    PackWriter(Path file, long id, Sealing sealing, ExecutorService workers) throws IOException {
        this.file = file;
        this.id = id;
        this.sealing = sealing;
        this.workers = workers;
        this.out = Durable.create(Durable.aside(file));
        write(HEAD);
    }

    static byte[] context(long id, int frame) {
        return ByteBuffer.allocate(16)
                .put("pack".getBytes(StandardCharsets.US_ASCII))
                .putLong(id)
                .putInt(frame)
                .array();
    }

    /** Bytes so far; what is under way is not among them. */
    long length() throws IOException {
        return out.position();
    }

    /** Bytes of the finished file. */
    long published() {
        return size;
    }

    void add(byte[] address, byte[] content) throws IOException {
        entries.writeBytes(address);
        entries.writeBytes(ByteBuffer.allocate(6)
                .putInt(frames)
                .putShort((short) frame.size())
                .array());
        objects++;
        frame.add(content);
        frameBytes += content.length;
        if (frame.size() == Frame.MOST_OBJECTS || frameBytes >= Frame.MOST_BYTES) {
            endFrame();
        }
    }

    private void endFrame() throws IOException {
        List<byte[]> full = frame;
        int number = frames++;
        frame = new ArrayList<>();
        frameBytes = 0;
        Callable<byte[]> work = () -> {
            byte[] encoded = Frame.encode(full);
            return sealing.seal(encoded, encoded.length, context(id, number));
        };
        underWay.add(workers.submit(work));
        if (underWay.size() >= UNDER_WAY) {
            writeNext();
        }
    }

    private void writeNext() throws IOException {
        try {
            byte[] sealed = underWay.remove().get();
            offsets.add(out.position());
            write(ByteBuffer.allocate(4).putInt(sealed.length).array());
            write(sealed);
        } catch (ExecutionException e) {
            throw new IOException("a frame could not be made", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a pack was written", e);
        }
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    /** Makes the pack durable and gives it its name. */
    void publish() throws IOException {
        if (!frame.isEmpty()) {
            endFrame();
        }
        while (!underWay.isEmpty()) {
            writeNext();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream index = new DataOutputStream(bytes);
        index.writeInt(offsets.size());
        for (long offset : offsets) {
            index.writeLong(offset);
        }
        index.writeInt(objects);
        entries.writeTo(index);
        long at = out.position();
        write(sealing.seal(bytes.toByteArray(), bytes.size(), context(id, -1)));
        write(ByteBuffer.allocate(8).putLong(at).array());
        write(END);
        out.force(true);
        size = out.position();
        out.close();
        Durable.publish(Durable.aside(file), file);
        published = true;
    }

    @Override
    public void close() throws IOException {
        if (!published) {
            underWay.forEach(it -> it.cancel(false));
            out.close();
            Files.deleteIfExists(Durable.aside(file));
        }
    }
}
