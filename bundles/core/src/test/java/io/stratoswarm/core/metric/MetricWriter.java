package io.stratoswarm.core.metric;

import java.nio.file.Path;
import java.time.Duration;

/** Records seconds as fast as it can and says after each step how far it is; to be killed. */
final class MetricWriter {
    private MetricWriter() {}

    public static void main(String[] arguments) {
        try (MetricRig rig = new MetricRig(Path.of(arguments[0]))) {
            long begun = Long.parseLong(arguments[1]);
            rig.clock.advance(Duration.ofSeconds(begun));
            while (true) {
                for (int second = 0; second < 30; second++) {
                    long number = (rig.now() - MetricRig.START) / 1000;
                    for (int agent = 0; agent < 20; agent++) {
                        rig.put("a/n." + agent, "threads", number);
                        rig.put("a/n." + agent, "cpu_seconds_total", number / 100.0);
                    }
                    rig.clock.advance(Duration.ofSeconds(1));
                }
                rig.metrics.step();
                System.out.println((rig.now() - MetricRig.START) / 1000);
            }
        }
    }
}
