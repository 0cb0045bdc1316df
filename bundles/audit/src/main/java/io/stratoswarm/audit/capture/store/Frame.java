package io.stratoswarm.audit.capture.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Some objects together, so that compression has something to work on. */
final class Frame {
    static final int MOST_OBJECTS = 64;
    static final int MOST_BYTES = 256 << 10;

    /** Of a frame whose first bytes shrink by less than a tenth the rest is not tried: it is encrypted or compressed already. */
    private static final int SAMPLE = 8192;

    private Frame() {}

    static byte[] encode(List<byte[]> objects) {
        int length = 4;
        for (byte[] object : objects) {
            length += 4 + object.length;
        }
        ByteBuffer plain = ByteBuffer.allocate(length).putInt(objects.size());
        objects.forEach(object -> plain.putInt(object.length));
        objects.forEach(plain::put);
        return squeeze(plain.array());
    }

    private static byte[] squeeze(byte[] plain) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            if (plain.length > 4 * SAMPLE) {
                byte[] trial = new byte[SAMPLE];
                deflater.setInput(plain, plain.length / 2, SAMPLE);
                deflater.finish();
                if (deflater.deflate(trial) > SAMPLE * 9 / 10) {
                    return stored(plain);
                }
                deflater.reset();
            }
            byte[] out = new byte[5 + plain.length];
            ByteBuffer.wrap(out).put((byte) 1).putInt(plain.length);
            deflater.setInput(plain);
            deflater.finish();
            int length = 5 + deflater.deflate(out, 5, out.length - 5);
            return deflater.finished() ? java.util.Arrays.copyOf(out, length) : stored(plain);
        } finally {
            deflater.end();
        }
    }

    private static byte[] stored(byte[] plain) {
        byte[] out = new byte[1 + plain.length];
        System.arraycopy(plain, 0, out, 1, plain.length);
        return out;
    }

    static List<byte[]> decode(byte[] bytes) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        ByteBuffer plain = in.get() == 0 ? in.slice() : inflate(bytes, in.getInt());
        int count = plain.getInt();
        if (count < 0 || count > plain.remaining() / 4) {
            throw new IOException("a frame says that it holds " + count + " objects");
        }
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++) {
            lengths[i] = plain.getInt();
        }
        List<byte[]> objects = new ArrayList<>(count);
        for (int length : lengths) {
            if (length < 0 || length > plain.remaining()) {
                throw new IOException("a frame is cut off");
            }
            byte[] object = new byte[length];
            plain.get(object);
            objects.add(object);
        }
        return objects;
    }

    private static ByteBuffer inflate(byte[] bytes, int length) throws IOException {
        Inflater inflater = new Inflater(true);
        try {
            byte[] plain = new byte[length];
            inflater.setInput(bytes, 5, bytes.length - 5);
            int got = inflater.inflate(plain);
            if (got != length) {
                throw new IOException("a frame has " + got + " bytes and not " + length);
            }
            return ByteBuffer.wrap(plain);
        } catch (DataFormatException e) {
            throw new IOException("a frame cannot be decompressed", e);
        } finally {
            inflater.end();
        }
    }
}
