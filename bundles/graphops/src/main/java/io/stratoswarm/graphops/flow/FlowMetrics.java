package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowStatus;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.MetricInfo.Kind;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The counts of flows as metrics of the host, told apart by graph and flow. */
final class FlowMetrics {
    private static final List<MetricInfo> ALL = List.of(
            new MetricInfo("flow_read_total", Kind.COUNTER, "", "Records that a flow took from its source."),
            new MetricInfo("flow_delivered_total", Kind.COUNTER, "", "Records that a flow put into receivers' pipes."),
            new MetricInfo("flow_delivered_bytes_total", Kind.COUNTER, "bytes", "Bytes of them."),
            new MetricInfo(
                    "flow_filtered_total", Kind.COUNTER, "", "Records that transforms of a flow let not through."),
            new MetricInfo("flow_refused_total", Kind.COUNTER, "", "Records that a flow refused."),
            new MetricInfo("flow_lag_records", Kind.GAUGE, "", "Records of a flow with a receiver, not delivered."),
            new MetricInfo("flow_lag_bytes", Kind.GAUGE, "bytes", "Bytes that a flow took and did not deliver."),
            new MetricInfo(
                    "flow_backpressure_ratio",
                    Kind.GAUGE,
                    "ratio",
                    "Share of the time in which a flow waited for its slowest receiver."));

    private final Metrics metrics;

    FlowMetrics(Metrics metrics) {
        this.metrics = metrics;
        ALL.forEach(metrics::declare);
    }

    void record(List<FlowStatus> flows, long timeMillis) {
        List<Sample> samples = new ArrayList<>();
        for (FlowStatus flow : flows) {
            double[] values = {
                flow.ledger().read(),
                flow.ledger().delivered(),
                flow.ledger().deliveredBytes(),
                flow.ledger().filtered(),
                flow.ledger().refused(),
                flow.lagRecords(),
                flow.lagBytes(),
                flow.backpressure().stream().mapToDouble(it -> it).max().orElse(0)
            };
            Map<String, String> labels = Map.of("graph", flow.graph(), "flow", flow.flow());
            for (int i = 0; i < values.length; i++) {
                samples.add(new Sample(Series.of(Series.HOST, ALL.get(i).name(), labels), timeMillis, values[i]));
            }
        }
        metrics.record(samples);
    }
}
