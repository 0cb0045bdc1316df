package io.stratoswarm.core.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.Series;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bytes of version 1, which must be readable for ever since they are hashed. */
class BlockFormatTest {
    private static final String SCHEMA =
            "010a73686f702f7765622e3003116370755f7365636f6e64735f746f74616c01077365636f6e647300056e6f69736500"
                    + "00000774687265616473000001046b696e6402696f";
    private static final String RAW =
            "534d010000000000000000050000019ca6b1dc000000019ca6b1e7b88f2029e9b1c43d696b61385ee0e962109c176691"
                    + "4f76a595883ac9f32d4236a901040803010b011b0105008009ee800100300102fa0150080200197d5802400921fb5444"
                    + "2d18d99e4f78efa83d38b07f800b7e151628aed2804980000e5c2f127f";
    private static final String MINUTES =
            "534d010100000000000000060000019ca6b1dc000000019ca6b1dc008f2029e9b1c43d696b61385ee0e962109c176691"
                    + "4f76a595883ac9f32d4236a901010103011b0000000000080002fa0100028a0e030103020002dc14040000000000f02e"
                    + "b46726e7";

    private static final long[] TIMES = {1_772_323_200_000L, 1_772_323_201_000L, 1_772_323_202_001L, 1_772_323_203_000L
    };

    private static Schema schema() {
        return new Schema(
                "shop/web.0",
                List.of(
                        Series.of("shop/web.0", "cpu_seconds_total"),
                        Series.of("shop/web.0", "noise"),
                        Series.of("shop/web.0", "threads", Map.of("kind", "io"))),
                List.of(
                        new MetricInfo("cpu_seconds_total", MetricInfo.Kind.COUNTER, "seconds", ""),
                        new MetricInfo("noise", MetricInfo.Kind.GAUGE, "", ""),
                        new MetricInfo("threads", MetricInfo.Kind.GAUGE, "", "")));
    }

    private static List<double[]> values() {
        return List.of(
                new double[] {1.25, 1.25, 1.75, 9.01},
                new double[] {Math.PI, Math.E, Math.E, -0.0},
                new double[] {7, Double.NaN, 7, 7});
    }

    private static byte[] raw() {
        return Block.writeRaw(
                5,
                Schema.hash(schema().encode()),
                values().stream()
                        .map(each -> new Block.Column(TIMES, each, 0, 4))
                        .toList());
    }

    private static byte[] minutes() {
        Buffer buffer = new Buffer();
        buffer.addLater(TIMES, values().getFirst());
        List<Minute> minutes = MinuteCode.of(buffer);
        long[] starts = minutes.stream().mapToLong(Minute::start).toArray();
        List<Block.Column> columns =
                List.of(new Block.Column(starts, new double[0], 0, 1), Block.Column.EMPTY, Block.Column.EMPTY);
        return Block.write(
                Block.MINUTES, 6, Schema.hash(schema().encode()), columns, (i, out) -> MinuteCode.write(minutes, out));
    }

    @Test
    void shouldWriteTheBytesOfVersionOne() {
        HexFormat hex = HexFormat.of();
        assertEquals(SCHEMA, hex.formatHex(schema().encode()));
        assertEquals(RAW, hex.formatHex(raw()));
        assertEquals(MINUTES, hex.formatHex(minutes()));
    }

    @Test
    void shouldReadTheBytesOfVersionOne() {
        HexFormat hex = HexFormat.of();
        assertEquals(schema().series(), Schema.decode(hex.parseHex(SCHEMA)).series());
        Block raw = Block.read(hex.parseHex(RAW));
        assertEquals(5, raw.number);
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(TIMES, raw.times(i));
            assertArrayEquals(values().get(i), raw.values(i));
        }
        Block minutes = Block.read(hex.parseHex(MINUTES));
        Minute minute = MinuteCode.read(minutes.reader(0), minutes.times(0)).getFirst();
        assertEquals(
                new Minute(TIMES[0], 4, 1.25, 9.01, 1.25, 9.01, 13.26, 7.76, 0, 3_000), minute, "all fields of it");
        assertEquals(0, minutes.size(1));
    }
}
