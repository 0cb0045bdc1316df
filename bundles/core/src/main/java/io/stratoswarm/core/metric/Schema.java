package io.stratoswarm.core.metric;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.core.merkle.TreeHasher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the columns of a block are: the series of one subject in the order of their names, with kind and unit. Stored once under
 * its SHA-256, which each block names, so that a block's hash covers the meaning of its numbers.
 */
record Schema(String subject, List<Series> series, List<MetricInfo> infos) {
    static final Comparator<Series> ORDER = Comparator.comparing(Series::name)
            .thenComparing(each -> each.labels().toString())
            .thenComparing(Series::subject);
    private static final int VERSION = 1;
    private static final int MOST = 1 << 20;

    Schema {
        series = List.copyOf(series);
        infos = List.copyOf(infos);
    }

    byte[] encode() {
        BitWriter out = new BitWriter();
        out.put(VERSION);
        text(out, subject);
        out.varint(series.size());
        for (int i = 0; i < series.size(); i++) {
            MetricInfo info = infos.get(i);
            text(out, info.name());
            out.put(info.kind() == MetricInfo.Kind.COUNTER ? 1 : 0);
            text(out, info.unit());
            SortedMap<String, String> labels = series.get(i).labels();
            out.varint(labels.size());
            labels.forEach((key, value) -> {
                text(out, key);
                text(out, value);
            });
        }
        return out.copy();
    }

    static Schema decode(byte[] bytes) {
        BitReader in = new BitReader(bytes);
        int version = in.get();
        if (version != VERSION) {
            throw new MetricDamage("a description of columns of the unknown version " + version);
        }
        String subject = text(in);
        int count = in.size(MOST);
        List<Series> series = new ArrayList<>();
        List<MetricInfo> infos = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = text(in);
            MetricInfo.Kind kind = in.get() == 1 ? MetricInfo.Kind.COUNTER : MetricInfo.Kind.GAUGE;
            infos.add(new MetricInfo(name, kind, text(in), ""));
            Map<String, String> labels = new TreeMap<>();
            for (int left = in.size(MOST); left > 0; left--) {
                String key = text(in);
                labels.put(key, text(in));
            }
            series.add(Series.of(subject, name, labels));
        }
        return new Schema(subject, series, infos);
    }

    private static void text(BitWriter out, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        out.varint(bytes.length);
        out.put(bytes);
    }

    private static String text(BitReader in) {
        return new String(in.take(in.size(MOST)), UTF_8);
    }

    static String name(byte[] hash) {
        return HexFormat.of().formatHex(hash);
    }

    static byte[] hash(byte[] encoded) {
        return new TreeHasher().plain(encoded);
    }
}
