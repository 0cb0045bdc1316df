package io.stratoswarm.healing.lstm;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.learn.SequenceShape;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * A model as bytes, big-endian, as {@code docs/prediction-model.md} fixes it: magic {@code SWLM}, version, length and CRC32C of the body, body.
 * The sum tells a torn or changed file; who made it is told by where it lies and the hash that the journal holds.
 */
public final class ModelFile {
    private static final int MAGIC = 0x53574C4D;
    private static final short VERSION = 1;
    private static final int HEADER = 4 + 2 + 4 + 4;
    private static final byte QUANTITY = 1;
    private static final byte PROBABILITY = 2;

    private ModelFile() {}

    public static byte[] write(SequenceModel model) {
        List<byte[]> texts = new ArrayList<>();
        model.series().forEach(it -> texts.add(text(it)));
        model.notes().forEach((key, value) -> {
            texts.add(text(key));
            texts.add(text(value));
        });
        int features = model.shape().features();
        int size = 7 * 4 + 1 + 2 * 8 + 8 * features + 4 * model.shape().weightCount();
        size += texts.stream().mapToInt(it -> 4 + it.length).sum();
        ByteBuffer body = ByteBuffer.allocate(size);
        SequenceShape shape = model.shape();
        body.putInt(features).putInt(shape.hidden()).putInt(shape.layers()).putInt(shape.outputs());
        body.putInt(model.steps());
        switch (model.head()) {
            case SequenceModel.Head.Quantity it ->
                body.put(QUANTITY)
                        .putFloat(it.offset())
                        .putFloat(it.scale())
                        .putFloat(it.most())
                        .putInt(0);
            case SequenceModel.Head.Probability it ->
                body.put(PROBABILITY)
                        .putDouble(it.calibration().slope())
                        .putDouble(it.calibration().offset());
        }
        body.putInt(model.series().size()).putInt(model.notes().size());
        texts.forEach(it -> body.putInt(it.length).put(it));
        for (float it : model.normalisation().mean()) {
            body.putFloat(it);
        }
        for (float it : model.normalisation().deviation()) {
            body.putFloat(it);
        }
        for (float it : model.weights()) {
            body.putFloat(it);
        }
        byte[] bytes = body.array();
        return ByteBuffer.allocate(HEADER + bytes.length)
                .putInt(MAGIC)
                .putShort(VERSION)
                .putInt(bytes.length)
                .putInt(sum(bytes, 0))
                .put(bytes)
                .array();
    }

    /**
     * The model in these bytes.
     *
     * @param where the file or key they came from, for messages
     * @throws StratoswarmException INVALID where these are not the bytes of a model that this version reads, DAMAGED where they were
     */
    public static SequenceModel read(byte[] bytes, String where) {
        ByteBuffer all = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER || all.getInt() != MAGIC) {
            throw new StratoswarmException(Kind.INVALID, where + " is not a model: it does not begin with SWLM");
        }
        int version = all.getShort();
        if (version != VERSION) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    where + " is a model of version " + version + "; this program reads version " + VERSION
                            + ". Train it again");
        }
        int length = all.getInt();
        if (length != bytes.length - HEADER) {
            throw damaged(where, "it says to hold " + length + " bytes and holds " + (bytes.length - HEADER));
        }
        if (all.getInt() != sum(bytes, HEADER)) {
            throw damaged(where, "its check sum does not fit");
        }
        try {
            return body(all, where);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            // The sum fits, so that the file is what somebody wrote, but no version 1 of this program.
            throw new StratoswarmException(
                    Kind.INVALID, where + " contradicts itself (" + e.getMessage() + "); train the model again", e);
        }
    }

    private static SequenceModel body(ByteBuffer body, String where) {
        SequenceShape shape = new SequenceShape(body.getInt(), body.getInt(), body.getInt(), body.getInt());
        int steps = body.getInt();
        byte kind = body.get();
        SequenceModel.Head head;
        if (kind == QUANTITY) {
            head = new SequenceModel.Head.Quantity(body.getFloat(), body.getFloat(), body.getFloat());
            body.getInt();
        } else if (kind == PROBABILITY) {
            head = new SequenceModel.Head.Probability(new Calibration(body.getDouble(), body.getDouble()));
        } else {
            throw new IllegalArgumentException("head of kind " + kind);
        }
        int seriesCount = body.getInt();
        int noteCount = body.getInt();
        List<String> series = new ArrayList<>();
        for (int i = 0; i < seriesCount; i++) {
            series.add(text(body));
        }
        Map<String, String> notes = new TreeMap<>();
        for (int i = 0; i < noteCount; i++) {
            notes.put(text(body), text(body));
        }
        Normalisation normalisation = new Normalisation(floats(body, shape.features()), floats(body, shape.features()));
        float[] weights = floats(body, shape.weightCount());
        if (body.hasRemaining()) {
            throw new IllegalArgumentException(body.remaining() + " bytes too many in " + where);
        }
        return new SequenceModel(shape, steps, series, normalisation, head, weights, new TreeMap<>(notes));
    }

    private static float[] floats(ByteBuffer from, int length) {
        if (from.remaining() < 4 * length) {
            throw new IllegalArgumentException(
                    length + " numbers asked for where " + from.remaining() + " bytes are left");
        }
        float[] values = new float[length];
        from.asFloatBuffer().get(values);
        from.position(from.position() + 4 * length);
        return values;
    }

    private static String text(ByteBuffer from) {
        int length = from.getInt();
        if (length < 0 || length > from.remaining()) {
            throw new IllegalArgumentException(
                    "a text of " + length + " bytes where " + from.remaining() + " are left");
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    private static int sum(byte[] bytes, int from) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, bytes.length - from);
        return (int) sum.getValue();
    }

    private static StratoswarmException damaged(String where, String how) {
        return new StratoswarmException(
                Kind.DAMAGED, where + " is damaged: " + how + ". Train the model again or take it from a backup");
    }
}
