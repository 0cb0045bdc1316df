package io.stratoswarm.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsCommandTest extends CommandTest {
    private static final String QUERY = "GET metrics/query?subject=a%2Fb&name=cpu*&from=2026-01-01T11%3A59%3A00Z"
            + "&to=2026-01-01T12%3A00%3A00Z&step=1000&aggregate=";

    MetricsCommandTest() {
        super("2026-01-01T12:00:00Z");
    }

    @Override
    ExitCode run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("metrics"));
        all.addAll(List.of(arguments));
        return super.run(all.toArray(String[]::new));
    }

    private static String series(String values) {
        return "{\"series\":[{\"subject\":\"a/b\",\"name\":\"cpu_seconds_total\",\"labels\":{\"mode\":\"user\"},"
                + "\"kind\":\"counter\",\"unit\":\"seconds\",\"times\":[1000,2000,3000,4000],\"values\":" + values
                + "}]}";
    }

    @Test
    void shouldShowCountersAsRatesOverTime() {
        daemon.answer(QUERY + "avg", 200, series("[1,2,3,4]")).answer(QUERY + "rate", 200, series("[0,0.5,null,1]"));
        assertEquals(ExitCode.OK, run("a/b", "cpu*", "--since", "60s"), err);
        assertTrue(out.contains("cpu_seconds_total{mode=\"user\"}"), out);
        assertTrue(out.contains("_+ @"), out);
        assertTrue(out.contains("1 seconds/s"), out);
        assertEquals(ExitCode.OK, run("a/b", "cpu*", "--since", "60s", "--csv"), err);
        assertTrue(out.contains("a/b,\"cpu_seconds_total{mode=\"\"user\"\"}\",1970-01-01T00:00:02Z,0.5\n"), out);
        assertEquals(ExitCode.OK, run("a/b", "cpu*", "--since", "60s", "--aggregate", "avg"), err);
        assertTrue(out.contains("4 seconds\n"), out);
    }

    @Test
    void shouldListTheLatestValues() {
        daemon.answer(
                        "GET metrics/latest?subject=*",
                        200,
                        "{\"samples\":[{\"subject\":\"host\",\"name\":\"memory_free_bytes\",\"labels\":{},"
                                + "\"time\":1767268798000,\"value\":3221225472}]}")
                .answer(
                        "GET metrics/series?subject=*&from=1767268500000",
                        200,
                        "{\"series\":[{\"name\":\"memory_free_bytes\",\"unit\":\"bytes\"}]}");
        assertEquals(ExitCode.OK, run(), err);
        assertTrue(out.contains("host     memory_free_bytes  3 GiB  2s"), out);
    }

    @Test
    void shouldRefuseWhatItCannotRead() {
        assertEquals(ExitCode.USAGE, run("a/b", "x", "--aggregate", "median"));
        assertEquals(ExitCode.USAGE, run("a/b", "x", "--since", "5m", "--until", "10m"));
        assertEquals(ExitCode.USAGE, run("a/b", "x", "--step", "soon"));
        assertEquals(ExitCode.USAGE, run("a/b", "x", "--label", "device"));
        assertTrue(err.contains("NAME=VALUE"), err);
    }

    @Test
    void shouldFailWhereARootDoesNotFit() {
        daemon.answer(
                "GET metrics/verify?from=2026-01-01T11%3A00%3A00Z",
                200,
                "{\"closings\":[{\"closed\":\"x\",\"blocks\":2,\"sequence\":7,\"state\":\"bad\",\"detail\":\"differs\"}]}");
        assertEquals(ExitCode.FAILED, run("verify"), err);
        assertTrue(out.contains("differs"), out);
    }
}
