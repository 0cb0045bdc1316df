package io.stratoswarm.core.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.metric.MetricQuery;
import io.stratoswarm.api.metric.MetricQuery.Aggregate;
import io.stratoswarm.api.metric.Points;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.SampleRow;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.core.data.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** The codes against what went in, and the whole store against a list of samples in memory. */
class MetricProperties {
    /** Values of many kinds, several of them in one column. */
    private static double value(Random random, int kind, double last) {
        return switch (kind) {
            case 0 -> 42;
            case 1 -> random.nextInt(100);
            case 2 -> 4096.0 * random.nextInt(1 << 20);
            case 3 -> last + random.nextInt(1000);
            case 4 -> Math.rint((last + random.nextInt(50) / 100.0) * 100) / 100;
            case 5 -> random.nextGaussian() * 1e6;
            case 6 -> random.nextInt(20) == 0 ? random.nextLong() : last;
            case 7 -> Double.longBitsToDouble(random.nextLong());
            case 8 -> random.nextInt(10) == 0 ? Double.NaN : random.nextInt(5);
            case 9 ->
                List.of(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0.0, Double.MIN_VALUE, 1e300)
                        .get(random.nextInt(6));
            default -> random.nextInt(30) == 0 ? 0 : last + random.nextInt(3);
        };
    }

    private static final int KINDS = 11;

    @Property(tries = 3_000, shrinking = ShrinkingMode.OFF)
    void shouldGiveValuesBackBitForBit(@ForAll long seed) {
        Random random = new Random(seed);
        int n = 1 + random.nextInt(random.nextInt(10) == 0 ? 1_000 : 80);
        double[] values = new double[n];
        int kind = random.nextInt(KINDS + 1);
        double last = random.nextInt(1_000);
        for (int i = 0; i < n; i++) {
            int own = kind == KINDS ? random.nextInt(KINDS) : kind;
            last = value(random, own, Double.isFinite(last) ? last : 0);
            values[i] = Double.isNaN(last) ? Double.NaN : last;
        }
        BitWriter out = new BitWriter();
        out.put(7);
        ValueCode.write(values, 0, n, out);
        ValueCode.write(values, 0, n, out);
        BitReader in = new BitReader(out.copy());
        in.get();
        for (int twice = 0; twice < 2; twice++) {
            double[] back = ValueCode.read(in, n);
            for (int i = 0; i < n; i++) {
                assertEquals(Double.doubleToRawLongBits(values[i]), Double.doubleToRawLongBits(back[i]), "value " + i);
            }
        }
        assertEquals(0, in.left());
    }

    @Property(tries = 2_000, shrinking = ShrinkingMode.OFF)
    void shouldGiveWholeNumbersBack(@ForAll long seed) {
        Random random = new Random(seed);
        int n = 1 + random.nextInt(200);
        long[] values = new long[n];
        int width = 1 + random.nextInt(53);
        long last = 0;
        for (int i = 0; i < n; i++) {
            long fresh = random.nextLong() >> 64 - width;
            last = random.nextInt(4) > 0 ? last : fresh;
            values[i] = random.nextBoolean() ? fresh : last;
        }
        BitWriter out = new BitWriter();
        LongCode.write(values.clone(), n, out);
        long[] back = new long[n];
        LongCode.read(new BitReader(out.copy()), n, back);
        assertArrayEquals(values, back);
    }

    @Property(tries = 2_000, shrinking = ShrinkingMode.OFF)
    void shouldNeverFailButByDamage(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = new byte[random.nextInt(60)];
        random.nextBytes(bytes);
        if (bytes.length > 0) {
            bytes[0] &= (byte) 0x83;
        }
        try {
            ValueCode.read(new BitReader(bytes), 1 + random.nextInt(50));
        } catch (MetricDamage expected) {
            assertTrue(String.valueOf(expected.getMessage()).length() > 5);
        }
    }

    /** What was recorded, and the same questions answered the slow way. */
    private static final class Model {
        private final TreeMap<Series, List<Sample>> samples = new TreeMap<>(Answer.ORDER);

        void record(Sample sample, long now) {
            List<Sample> all = samples.computeIfAbsent(sample.series(), k -> new ArrayList<>());
            boolean late =
                    !all.isEmpty() && sample.timeMillis() <= all.getLast().timeMillis();
            if (!late && sample.timeMillis() <= now + MetricOptions.AHEAD_MILLIS) {
                all.add(sample);
            }
        }

        List<Points> query(MetricQuery query) {
            List<Points> answer = new ArrayList<>();
            samples.forEach((series, all) -> {
                if (!matches(query.subject(), series.subject())
                        || !matches(query.name(), series.name())
                        || !series.labels()
                                .entrySet()
                                .containsAll(query.labels().entrySet())) {
                    return;
                }
                TreeMap<Long, Double> points = new TreeMap<>();
                TreeMap<Long, List<Integer>> windows = new TreeMap<>();
                List<Sample> in = all.stream()
                        .filter(each -> each.timeMillis() >= query.fromMillis() && each.timeMillis() < query.toMillis())
                        .toList();
                for (int i = 0; i < in.size(); i++) {
                    if (query.stepMillis() == 0) {
                        points.put(in.get(i).timeMillis(), in.get(i).value());
                    } else if (!Double.isNaN(in.get(i).value())) {
                        long window = in.get(i).timeMillis() / query.stepMillis() * query.stepMillis();
                        windows.computeIfAbsent(window, k -> new ArrayList<>()).add(i);
                    }
                }
                windows.forEach((window, indices) ->
                        aggregate(query.aggregate(), in, indices).ifPresent(value -> points.put(window, value)));
                if (!points.isEmpty()) {
                    answer.add(new Points(
                            series,
                            points.keySet().stream().mapToLong(each -> each).toArray(),
                            points.values().stream().mapToDouble(each -> each).toArray()));
                }
            });
            return answer;
        }

        private static java.util.OptionalDouble aggregate(Aggregate aggregate, List<Sample> in, List<Integer> indices) {
            double[] values =
                    indices.stream().mapToDouble(i -> in.get(i).value()).toArray();
            java.util.stream.DoubleStream stream = java.util.Arrays.stream(values);
            return switch (aggregate) {
                case AVG -> java.util.OptionalDouble.of(sum(values) / values.length);
                case SUM -> java.util.OptionalDouble.of(sum(values));
                case MIN -> stream.min();
                case MAX -> stream.max();
                case COUNT -> java.util.OptionalDouble.of(values.length);
                case LAST -> java.util.OptionalDouble.of(values[values.length - 1]);
                case RATE -> rate(in, indices);
            };
        }

        private static double sum(double[] values) {
            double plain = 0;
            java.math.BigDecimal exact = java.math.BigDecimal.ZERO;
            for (double value : values) {
                plain += value;
                exact = Double.isFinite(value) ? exact.add(new java.math.BigDecimal(value)) : exact;
            }
            return Double.isFinite(plain) ? exact.doubleValue() : plain;
        }

        private static java.util.OptionalDouble rate(List<Sample> in, List<Integer> indices) {
            java.math.BigDecimal increase = java.math.BigDecimal.ZERO;
            long covered = 0;
            for (int i : indices) {
                if (!Double.isFinite(in.get(i).value())) {
                    continue;
                }
                for (int earlier = i - 1; earlier >= 0; earlier--) {
                    double before = in.get(earlier).value();
                    if (Double.isFinite(before)) {
                        double now = in.get(i).value();
                        increase = increase.add(new java.math.BigDecimal(now >= before ? now - before : now));
                        covered += in.get(i).timeMillis() - in.get(earlier).timeMillis();
                        break;
                    }
                }
            }
            return covered == 0
                    ? java.util.OptionalDouble.empty()
                    : java.util.OptionalDouble.of(increase.doubleValue() * 1000 / covered);
        }

        private static boolean matches(String pattern, String text) {
            return pattern.endsWith("*")
                    ? text.startsWith(pattern.substring(0, pattern.length() - 1))
                    : pattern.equals(text);
        }
    }

    @Property(tries = 40, shrinking = ShrinkingMode.OFF)
    void shouldAnswerAsANaiveModelDoes(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Path folder = Files.createTempDirectory("metric-model");
        try (MetricRig rig = new MetricRig(folder)) {
            Model model = new Model();
            List<Series> series = List.of(
                    Series.of("a/x", "threads"),
                    Series.of("a/x", "cpu_seconds_total"),
                    MetricRig.labelled("a/x", "threads", "k", "1"),
                    Series.of("a/xy.1", "memory_resident_bytes"),
                    Series.of("host", "threads"),
                    MetricRig.labelled("host", "cpu_seconds_total", "cpu", "0"));
            // The first three are of one subject, which at times has them in a row.
            List<SampleRow> rows =
                    List.of(new SampleRow(series.subList(0, 3)), new SampleRow(List.of(series.get(2), series.get(0))));
            double[] last = new double[series.size()];
            int steps = 40 + random.nextInt(200);
            for (int step = 0; step < steps; step++) {
                act(random, rig, model, series, rows, last);
                if (random.nextInt(8) == 0) {
                    compare(random, rig, model);
                }
            }
            rig.pass(Duration.ofMinutes(11));
            compare(random, rig, model);
            rig.restart();
            compare(random, rig, model);
            assertEquals(0, rig.metrics.engine().tables.damaged());
        } finally {
            Folders.delete(folder);
        }
    }

    private static void act(
            Random random, MetricRig rig, Model model, List<Series> series, List<SampleRow> rows, double[] last) {
        switch (random.nextInt(14)) {
            case 0 -> rig.metrics.step();
            case 1 -> rig.pass(Duration.ofSeconds(random.nextInt(1_200)));
            case 2 -> rig.clock.set(rig.clock.instant().plusMillis(random.nextInt(600_000) - 200_000));
            case 3 -> {
                if (random.nextInt(5) == 0) {
                    rig.restart();
                }
            }
            case 4, 5, 6, 7 -> {
                SampleRow row = rows.get(random.nextInt(5) / 4);
                int kind = random.nextInt(KINDS);
                for (int burst = 1 + random.nextInt(80); burst > 0; burst--) {
                    long jitter = random.nextInt(20) == 0 ? random.nextInt(3_000) - 1_500 : 0;
                    row.begin(Math.max(0, rig.now() + jitter));
                    for (int i = 0; i < row.series().size(); i++) {
                        if (random.nextInt(5) > 0) {
                            row.set(i, value(random, kind == 7 ? 5 : kind, burst));
                        }
                    }
                    row.samples().forEach(sample -> model.record(sample, rig.now()));
                    rig.metrics.record(row);
                    rig.clock.advance(Duration.ofMillis(900 + random.nextInt(200)));
                }
            }
            default -> {
                int burst = 1 + random.nextInt(40);
                int kind = random.nextInt(KINDS);
                for (int i = 0; i < burst; i++) {
                    List<Sample> samples = new ArrayList<>();
                    for (int s = 0; s < series.size(); s++) {
                        if (random.nextInt(5) > 0) {
                            last[s] = value(random, kind == 7 ? 5 : kind, Double.isFinite(last[s]) ? last[s] : 0);
                            long jitter = random.nextInt(10) == 0 ? random.nextInt(3_000) - 1_500 : 0;
                            samples.add(new Sample(series.get(s), Math.max(0, rig.now() + jitter), last[s]));
                        }
                    }
                    samples.forEach(sample -> model.record(sample, rig.now()));
                    rig.metrics.record(samples);
                    rig.clock.advance(Duration.ofMillis(900 + random.nextInt(200)));
                }
            }
        }
    }

    private static void compare(Random random, MetricRig rig, Model model) {
        long span = Math.max(1, rig.now() - MetricRig.START);
        long from = Math.max(0, MetricRig.START + (long) (random.nextDouble() * span) - 100_000);
        long to = from + (long) (random.nextDouble() * span) + 200_000;
        TreeMap<String, String> labels = new TreeMap<>();
        if (random.nextInt(5) == 0) {
            labels.put("k", "1");
        }
        MetricQuery query = new MetricQuery(
                List.of("a/x", "a/*", "*", "host", "a/xy.1", "nobody").get(random.nextInt(6)),
                List.of("threads", "*", "cpu*", "memory_resident_bytes").get(random.nextInt(4)),
                labels,
                random.nextInt(4) == 0 ? 0 : from,
                to,
                List.of(0L, 1_000L, 7_000L, 60_000L, 3_600_000L).get(random.nextInt(5)),
                Aggregate.values()[random.nextInt(Aggregate.values().length)]);
        MetricQuery plain =
                new MetricQuery(query.subject(), query.name(), labels, query.fromMillis(), to, 0, query.aggregate());
        same(model.query(plain), rig.metrics.query(plain), plain);
        same(model.query(query), rig.metrics.query(query), query);
    }

    static void same(List<Points> expected, List<Points> answer, MetricQuery query) {
        // What the store tells of itself, where it was given samples that came too late, is no part of the model.
        List<Points> found = answer.stream()
                .filter(it -> !it.series().name().equals("metrics_dropped_samples_total"))
                .toList();
        assertEquals(
                expected.stream().map(Points::series).toList(),
                found.stream().map(Points::series).toList(),
                query.toString());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i).timesMillis(), found.get(i).timesMillis(), query.toString());
            double[] right = expected.get(i).values();
            double[] got = found.get(i).values();
            for (int v = 0; v < right.length; v++) {
                // Sums of terms of very different size are only as good as the order they are added in.
                double slack =
                        query.stepMillis() == 0 || !Double.isFinite(right[v]) ? 0 : 1e-9 * Math.abs(right[v]) + 1e-3;
                assertEquals(right[v], got[v], slack, "value " + v + " of " + query);
            }
        }
    }
}
