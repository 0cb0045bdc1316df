package io.stratoswarm.core.sample;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.process.ExitStatus;
import io.stratoswarm.core.process.LinuxProcessHost;
import io.stratoswarm.core.process.ProcessHost;
import io.stratoswarm.core.testing.MemoryMetrics;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** Real agents under real keepers, and a sampler whose rounds the test gives. */
final class Rig implements AutoCloseable {
    final LinuxProcessHost agents;
    final MemoryMetrics metrics = new MemoryMetrics();
    final Sampler sampler;
    final Map<String, Integer> pids = new ConcurrentHashMap<>();
    private final List<String> started = new ArrayList<>();
    private long millis = 1_000_000;

    Rig(Path folder) {
        this(folder, SampleSettings.DEFAULT, TaskCounts.ofThisKernel(), 1_000_000);
    }

    Rig(Path folder, SampleSettings settings, TaskCounts taskCounts, long descriptors) {
        agents = LinuxProcessHost.open(new DataFolder(folder), InstantSource.system(), new SecureRandom());
        agents.listener(new ProcessHost.Listener() {
            @Override
            public void started(String agent, long incarnation, int pid, long startedNanos) {
                pids.put(agent + "#" + incarnation, pid);
            }

            @Override
            public void setupFailed(String agent, long incarnation, String message) {
                pids.put(agent + "#" + incarnation, -1);
            }

            @Override
            public void exited(String agent, long incarnation, ExitStatus status, long timeNanos) {}

            @Override
            public void ready(String agent, long incarnation) {}

            @Override
            public void watchdog(String agent, long incarnation) {}

            @Override
            public void outputDropped(String agent, long bytes, long lines) {}
        });
        sampler = new Sampler(
                Host.real(),
                taskCounts,
                new Descriptors(descriptors, () -> 0),
                agents,
                metrics,
                settings,
                () -> java.time.Instant.ofEpochMilli(millis),
                System::nanoTime);
    }

    /** Starts it and waits until its program runs; its pid. */
    int start(String agent, long incarnation, String... command) {
        started.add(agent);
        agents.start(agent, incarnation, AgentSpec.of(List.of(command)));
        await(() -> pids.containsKey(agent + "#" + incarnation));
        return pids.getOrDefault(agent + "#" + incarnation, -1);
    }

    void round() {
        millis += 1_000;
        sampler.step();
    }

    /** Enough rounds for everything that is read seldom. */
    void allRounds() {
        for (int i = 0; i <= AgentSampler.SELDOM; i++) {
            round();
        }
    }

    static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + 10_000_000_000L;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("not within ten seconds");
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Override
    public void close() {
        sampler.close();
        started.forEach(agents::release);
        agents.close();
    }
}
