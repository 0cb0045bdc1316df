package io.stratoswarm.benchmarks;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.stratoswarm.api.graph.GraphSource;
import io.stratoswarm.api.graph.GraphSyntax;
import io.stratoswarm.api.graph.GraphTree;
import io.stratoswarm.api.graph.ManifestResult;
import io.stratoswarm.core.manifest.ManifestParser;
import io.stratoswarm.core.manifest.ManifestParser.Extensions;
import io.stratoswarm.core.manifest.Trees;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Parses and checks a graph of 2,000 nodes, each with a flow to the next one, in the graph language; beside it the same graph in
 * the JSON form, and what Jackson alone needs for that text. The first round of a fresh Java machine is what a command has to wait
 * for, the median of the later ones what a daemon takes. Processor time is told too, since it does not depend on how busy the
 * machine is.
 */
public final class GraphParsing {
    private static final int NODES = 2_000;
    private static final int ROUNDS = 40;
    private static final double LIMIT_MILLIS = 300;

    private GraphParsing() {}

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    private record Times(double firstMillis, double firstCpuMillis, double millis, double cpuMillis) {}

    public static void main(String[] arguments) throws IOException {
        String text = graph();
        GraphSyntax language = ServiceLoader.load(GraphSyntax.class).findFirst().orElseThrow();
        Extensions extensions = new Extensions(List.of(language), List.of(), false);
        GraphSource source = GraphSource.of("big.graph", text);
        Times own = measure(() -> good(ManifestParser.parse(source, extensions)));
        GraphTree tree =
                language.parse(source, GraphSyntax.Includes.NONE).tree().orElseThrow();
        String json = Trees.json(tree);
        Times form = measure(() -> good(ManifestParser.parse("big.json", json)));
        JsonMapper mapper = new JsonMapper();
        Times jackson = measure(() -> {
            if (mapper.readTree(json).path("nodes").size() != NODES) {
                throw new IllegalStateException("not the graph that was written");
            }
        });
        System.out.printf(
                "%d nodes, %d flows; %d KiB in the graph language, %d KiB as JSON%n",
                NODES, NODES - 1, text.length() / 1024, json.length() / 1024);
        print("graph language, parsed and checked", own);
        print("JSON form, parsed and checked (the code is warm by now)", form);
        print("Jackson alone, no checks", jackson);
        System.out.printf(
                "warm: %.2f of the limit of %.0f ms, %.2f x the JSON form; cold: %.2f of the limit%n",
                own.millis() / LIMIT_MILLIS,
                LIMIT_MILLIS,
                own.millis() / form.millis(),
                own.firstMillis() / LIMIT_MILLIS);
    }

    private static void good(ManifestResult result) {
        if (result.manifest().isEmpty()) {
            throw new IllegalStateException(result.errors().getFirst().render());
        }
    }

    private static Times measure(Work work) throws IOException {
        double[] wall = new double[ROUNDS];
        double[] cpu = new double[ROUNDS];
        var threads = ManagementFactory.getThreadMXBean();
        for (int i = 0; i < ROUNDS; i++) {
            long begin = System.nanoTime();
            long used = threads.getCurrentThreadCpuTime();
            work.run();
            wall[i] = (System.nanoTime() - begin) / 1e6;
            cpu[i] = (threads.getCurrentThreadCpuTime() - used) / 1e6;
        }
        return new Times(wall[0], cpu[0], median(wall), median(cpu));
    }

    /** Of the second half, when the code is compiled. */
    private static double median(double[] times) {
        double[] late = Arrays.copyOfRange(times, times.length / 2, times.length);
        Arrays.sort(late);
        return late[late.length / 2];
    }

    private static void print(String what, Times times) {
        System.out.printf(
                "%-56s first %7.0f ms (%.0f ms of CPU), then %6.1f ms (%.1f ms of CPU)%n",
                what, times.firstMillis(), times.firstCpuMillis(), times.millis(), times.cpuMillis());
    }

    private static String graph() {
        StringBuilder text = new StringBuilder("graph big {\n  param zone = a\n");
        for (int i = 0; i < NODES; i++) {
            text.append("  node n")
                    .append(i)
                    .append(" {\n    run \"/bin/true\" --id ")
                    .append(i)
                    .append('\n');
            text.append("    env PORT = ").append(1_000 + i).append("\n    memory 64MiB\n    cpu 0.5\n");
            text.append("    label zone = \"${zone}\"\n    channel stdin in { data json }\n");
            text.append("    channel stdout out { data json }\n    restart on-failure { initial 200ms; max 10s }\n");
            text.append(i == 0 ? "  }\n" : "    after n" + (i - 1) + " ready\n  }\n");
        }
        for (int i = 1; i < NODES; i++) {
            text.append("  flow n").append(i - 1).append(" -> n").append(i).append(" {\n    rate 1000/s\n");
            text.append("    delivery at-least-once ack one-to-one\n    where level == error or size > 100\n  }\n");
        }
        for (int i = 0; i < NODES; i += 20) {
            text.append("  constraint spread n")
                    .append(i)
                    .append(", n")
                    .append(i + 1)
                    .append(" by zone\n");
        }
        return text.append("  objective latency 2, balance 1\n}\n").toString();
    }
}
