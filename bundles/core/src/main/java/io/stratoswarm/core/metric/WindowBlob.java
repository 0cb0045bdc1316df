package io.stratoswarm.core.metric;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.Series;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** A kept window as bytes: a compressed JSON head, then a schema and a block for each subject. See docs/metrics.md, "Windows". */
final class WindowBlob {
    private static final int MAGIC = 0x534D5057;
    private static final int VERSION = 1;
    private static final int MOST = 1 << 30;

    private WindowBlob() {}

    static byte[] write(ObjectNode head, List<Gathered> subjects) {
        BitWriter out = new BitWriter();
        out.int32(MAGIC);
        out.put(VERSION);
        part(out, zip(Json.bytes(head)));
        out.varint(subjects.size());
        for (Gathered subject : subjects) {
            byte[] schema = subject.schema().encode();
            part(out, schema);
            part(out, Block.writeRaw(0, Schema.hash(schema), subject.columns()));
        }
        return out.copy();
    }

    private static void part(BitWriter out, byte[] bytes) {
        out.varint(bytes.length);
        out.put(bytes);
    }

    private static byte[] zip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory cannot fail", e);
        }
        return out.toByteArray();
    }

    /** The window as JSON, with the samples of each subject as arrays. */
    static ObjectNode json(byte[] blob) {
        try {
            BitReader in = new BitReader(blob);
            if (in.int32() != MAGIC || in.get() != VERSION) {
                throw new MetricDamage("it is no window of version " + VERSION);
            }
            JsonNode head;
            try (GZIPInputStream zip = new GZIPInputStream(new ByteArrayInputStream(in.take(in.size(MOST))))) {
                head = Json.read(zip.readAllBytes());
            }
            if (!(head instanceof ObjectNode object)) {
                throw new MetricDamage("its head is no JSON object");
            }
            ArrayNode subjects = object.putArray("subjects");
            for (int left = in.size(MOST); left > 0; left--) {
                Schema schema = Schema.decode(in.take(in.size(MOST)));
                subjects.add(subject(schema, Block.read(in.take(in.size(MOST)))));
            }
            return object;
        } catch (MetricDamage | IOException e) {
            throw new StratoswarmException(Kind.DAMAGED, "the kept window cannot be read: " + e.getMessage(), e);
        }
    }

    private static ObjectNode subject(Schema schema, Block block) {
        ObjectNode node = Json.object().put("subject", schema.subject());
        ArrayNode times = node.putArray("times");
        Map<long[], Integer> known = new IdentityHashMap<>();
        ArrayNode list = node.putArray("series");
        for (int i = 0; i < block.columns(); i++) {
            if (block.size(i) == 0) {
                continue;
            }
            Series series = schema.series().get(i);
            MetricInfo info = schema.infos().get(i);
            Integer axis = known.get(block.times(i));
            if (axis == null) {
                axis = known.size();
                known.put(block.times(i), axis);
                ArrayNode array = times.addArray();
                for (long time : block.times(i)) {
                    array.add(time);
                }
            }
            ObjectNode line = list.addObject().put("name", series.name());
            ObjectNode labels = line.putObject("labels");
            series.labels().forEach(labels::put);
            line.put("kind", info.kind() == MetricInfo.Kind.COUNTER ? "counter" : "gauge")
                    .put("unit", info.unit())
                    .put("times", axis.intValue());
            ArrayNode values = line.putArray("values");
            for (double value : block.values(i)) {
                if (Double.isFinite(value)) {
                    number(values, value);
                } else {
                    values.addNull();
                }
            }
        }
        return node;
    }

    private static void number(ArrayNode array, double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
            array.add((long) value);
        } else {
            array.add(value);
        }
    }
}
