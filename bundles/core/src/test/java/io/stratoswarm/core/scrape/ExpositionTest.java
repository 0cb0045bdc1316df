package io.stratoswarm.core.scrape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpositionTest {
    /** The example of https://prometheus.io/docs/instrumenting/exposition_formats/, whole. */
    private static final String PROMETHEUS = """
            # HELP http_requests_total The total number of HTTP requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400"}    3 1395066363000

            # Escaping in label values:
            msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

            # Minimalistic line:
            metric_without_timestamp_and_labels 12.47

            # A weird metric from before the epoch:
            something_weird{problem="division by zero"} +Inf -3982045

            # A histogram, which has a pretty complex representation in the text format:
            # HELP http_request_duration_seconds A histogram of the request duration.
            # TYPE http_request_duration_seconds histogram
            http_request_duration_seconds_bucket{le="0.05"} 24054
            http_request_duration_seconds_bucket{le="0.1"} 33444
            http_request_duration_seconds_bucket{le="0.2"} 100392
            http_request_duration_seconds_bucket{le="0.5"} 129389
            http_request_duration_seconds_bucket{le="1"} 133988
            http_request_duration_seconds_bucket{le="+Inf"} 144320
            http_request_duration_seconds_sum 53423
            http_request_duration_seconds_count 144320

            # Finally a summary, which has a complex representation, too:
            # HELP rpc_duration_seconds A summary of the RPC duration in seconds.
            # TYPE rpc_duration_seconds summary
            rpc_duration_seconds{quantile="0.01"} 3102
            rpc_duration_seconds{quantile="0.05"} 3272
            rpc_duration_seconds{quantile="0.5"} 4773
            rpc_duration_seconds{quantile="0.9"} 9001
            rpc_duration_seconds{quantile="0.99"} 76656
            rpc_duration_seconds_sum 1.7560473e+07
            rpc_duration_seconds_count 2693
            """;

    /** From the examples of the OpenMetrics 1.0 specification. */
    private static final String OPEN_METRICS = """
            # TYPE acme_http_router_request_seconds summary
            # UNIT acme_http_router_request_seconds seconds
            # HELP acme_http_router_request_seconds Latency though all of ACME's HTTP request router.
            acme_http_router_request_seconds_sum{path="/api/v1",method="GET"} 9036.32
            acme_http_router_request_seconds_count{path="/api/v1",method="GET"} 807283.0
            acme_http_router_request_seconds_created{path="/api/v1",method="GET"} 1605281325.0
            # TYPE go_goroutines gauge
            # HELP go_goroutines Number of goroutines that currently exist.
            go_goroutines 69
            # TYPE process_cpu_seconds counter
            # UNIT process_cpu_seconds seconds
            # HELP process_cpu_seconds Total user and system CPU time spent in seconds.
            process_cpu_seconds_total 4.20072246e+06
            # TYPE foo histogram
            foo_bucket{le="0.01"} 0
            foo_bucket{le="1.0"} 11 # {trace_id="KOO5S4vxi0o"} 0.67
            foo_bucket{le="+Inf"} 17 # {trace_id="oHg5SJYRHA0"} 9.8 1520879607.789
            foo_count 17
            foo_sum 324789.3
            # EOF
            """;

    @Test
    void shouldReadThePublishedExampleOfPrometheus() throws Exception {
        Exposition read = Exposition.read(PROMETHEUS, 1_000);
        assertEquals(20, read.points().size());
        assertEquals(
                new Exposition.Point(
                        "http_requests_total", new java.util.TreeMap<>(Map.of("method", "post", "code", "200")), 1027),
                read.points().getFirst());
        assertEquals(
                Map.of("path", "C:\\DIR\\FILE.TXT", "error", "Cannot find file:\n\"FILE.TXT\""),
                read.points().get(2).labels());
        assertEquals(12.47, read.points().get(3).value());
        assertTrue(Double.isInfinite(read.points().get(4).value()));
        assertEquals(
                "histogram", read.family("http_request_duration_seconds_bucket").type());
        assertEquals(1.7560473e7, read.points().get(18).value());
        assertEquals(
                "The total number of HTTP requests.",
                read.family("http_requests_total").help());
    }

    @Test
    void shouldReadThePublishedExampleOfOpenMetrics() throws Exception {
        Exposition read = Exposition.read(OPEN_METRICS, 1_000);
        assertEquals(10, read.points().size());
        assertEquals("counter", read.family("process_cpu_seconds_total").type());
        assertEquals("seconds", read.family("process_cpu_seconds_total").unit());
        assertEquals(
                List.of(0.0, 11.0, 17.0),
                read.points().stream()
                        .filter(point -> point.name().equals("foo_bucket"))
                        .map(Exposition.Point::value)
                        .toList());
    }

    @Test
    void shouldReadWhatHasNoLineAtItsEndOrLinesOfWindows() throws Exception {
        assertEquals(2, Exposition.read("a 1\r\nb{} 2", 10).points().size());
        assertEquals(0, Exposition.read("", 10).points().size());
        assertEquals(0, Exposition.read("\n\n# only\n", 10).points().size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "<html>~line 1 of the answer: a metric's name is expected, not '<html>'",
                "a~a number is expected, not ''",
                "a one~a number is expected, not 'one'",
                "a 0x10~a number is expected",
                "a{b} 1~= is expected",
                "a{b=c} 1~\" is expected",
                "a{b=\"c} 1~a label's value does not end",
                "a{b=\"c\" d=\"e\"} 1~a comma or } is expected",
                "a{b=\"c\\~a label's value does not end",
                "9a 1~a metric's name is expected",
            })
    void shouldSayWhereItIsWrong(String text, String message) {
        Exposition.Wrong wrong = assertThrows(Exposition.Wrong.class, () -> Exposition.read(text, 10));
        assertTrue(String.valueOf(wrong.getMessage()).contains(message), wrong::getMessage);
    }

    @Test
    void shouldRefuseTooManyValuesAndWhatFollowsTheEnd() {
        Exposition.Wrong many = assertThrows(Exposition.Wrong.class, () -> Exposition.read("a 1\n".repeat(11), 10));
        assertTrue(String.valueOf(many.getMessage()).contains("line 11"), many::getMessage);
        assertThrows(Exposition.Wrong.class, () -> Exposition.read("# EOF\na 1\n", 10));
    }
}
