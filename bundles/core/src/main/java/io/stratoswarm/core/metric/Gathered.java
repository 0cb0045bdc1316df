package io.stratoswarm.core.metric;

import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Samples of one subject out of several records, put together by series. */
final class Gathered {
    private final String subject;
    private final Map<Series, Buffer> buffers = new TreeMap<>(Schema.ORDER);
    private final Map<Series, MetricInfo> infos = new TreeMap<>(Schema.ORDER);

    Gathered(String subject) {
        this.subject = subject;
    }

    /** Records are to be added in the order in which they were written. */
    void add(Schema schema, Block block) {
        for (int i = 0; i < block.columns(); i++) {
            if (block.size(i) > 0) {
                Series series = schema.series().get(i);
                infos.put(series, schema.infos().get(i));
                buffers.computeIfAbsent(series, k -> new Buffer()).addLater(block.times(i), block.values(i));
            }
        }
    }

    /** As above, of a part of the time. */
    void add(Schema schema, Block block, long from, long to) {
        for (int i = 0; i < block.columns(); i++) {
            if (block.size(i) > 0) {
                Buffer all = new Buffer();
                all.addLater(block.times(i), block.values(i));
                int begin = all.indexOf(from);
                int end = all.indexOf(to);
                if (begin < end) {
                    Block.Column part = all.column(begin, end);
                    Series series = schema.series().get(i);
                    infos.put(series, schema.infos().get(i));
                    buffers.computeIfAbsent(series, k -> new Buffer()).addLater(part.times(), part.values());
                }
            }
        }
    }

    void add(Head.Part part) {
        infos.put(part.series(), part.info());
        buffers.computeIfAbsent(part.series(), k -> new Buffer()).addLater(part.times(), part.values());
    }

    boolean isEmpty() {
        return buffers.isEmpty();
    }

    long samples() {
        return buffers.values().stream().mapToLong(buffer -> buffer.size).sum();
    }

    Schema schema() {
        return new Schema(subject, List.copyOf(buffers.keySet()), List.copyOf(infos.values()));
    }

    /** In the order of the schema. */
    List<Block.Column> columns() {
        List<Block.Column> columns = new ArrayList<>();
        buffers.values().forEach(each -> columns.add(new Block.Column(each.times, each.values, 0, each.size)));
        return columns;
    }

    List<Buffer> buffers() {
        return List.copyOf(buffers.values());
    }
}
