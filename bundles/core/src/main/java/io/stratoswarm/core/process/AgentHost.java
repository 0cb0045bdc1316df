package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentControls.Outcome;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Builtin;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.flow.NodeRunner;
import io.stratoswarm.api.host.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs each agent where it belongs: as a process, or inside of the daemon by the runner that a bundle offers. What runs inside of
 * the daemon ends with the daemon, and with the bundle; either way it is told as displaced.
 */
public final class AgentHost implements ProcessHost {
    private static final Logger LOG = LoggerFactory.getLogger(AgentHost.class);
    private static final String DAEMON_GONE = "the daemon inside of which it ran has ended";
    private static final String RUNNER_GONE = "the bundle that ran it was stopped";
    /** Where the daemon itself ends, bundles end first; that is over by then, and nothing needs to be told. */
    private static final long BEFORE_TELLING_MILLIS = 1_000;

    private static final long END_MILLIS = 10_000;
    private static final int TERM = 15;

    private final LinuxProcessHost processes;
    private final NodeRunners runners;
    private final long patienceMillis;
    private final Map<String, BuiltinAgent> builtins = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** @param patienceMillis how long a start waits for a runner; bundles start one after the other */
    public AgentHost(LinuxProcessHost processes, NodeRunners runners, long patienceMillis) {
        this.processes = processes;
        this.runners = runners;
        this.patienceMillis = patienceMillis;
        runners.onDeparture(this::departed);
    }

    @Override
    public void listener(Listener listener) {
        processes.listener(listener);
    }

    @Override
    public void confine(String agent, List<Integer> cpus, List<Integer> memoryNodes) {
        processes.confine(agent, cpus, memoryNodes);
    }

    @Override
    public void start(String agent, long incarnation, AgentSpec spec) {
        if (spec.builtin().isEmpty()) {
            BuiltinAgent was = builtins.remove(agent);
            if (was != null) {
                was.letGo();
            }
            processes.start(agent, incarnation, spec);
            return;
        }
        Builtin builtin = spec.builtin().get();
        BuiltinAgent known = builtins.computeIfAbsent(agent, id -> new BuiltinAgent(processes.context(), id));
        BuiltinAgent.Run run = known.begin(incarnation, spec);
        Thread.ofVirtual().name("node-start-" + agent).start(() -> {
            try {
                if (Files.exists(known.folder.keeper())) {
                    // It was a process before, and its keeper has its log.
                    processes.clear(agent);
                }
                known.prepare(run);
                NodeRunner runner = runners.await(patienceMillis);
                if (runner == null) {
                    known.refuse(
                            run,
                            "no bundle here runs nodes of type '" + builtin.type()
                                    + "'; 'stratoswarm plugins' tells which bundles are there");
                } else {
                    known.hand(run, runner);
                }
            } catch (StratoswarmException | IOException e) {
                known.refuse(run, String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.error("the node {} could not be started", agent, e);
                known.refuse(run, "its runner failed: " + e);
            }
        });
    }

    private void departed(NodeRunner runner) {
        Map<BuiltinAgent, BuiltinAgent.Run> displaced = new HashMap<>();
        builtins.values().forEach(agent -> {
            BuiltinAgent.Run run = agent.displace(runner);
            if (run != null) {
                displaced.put(agent, run);
            }
        });
        if (displaced.isEmpty()) {
            return;
        }
        Thread.ofVirtual().name("nodes-displaced").start(() -> {
            try {
                Thread.sleep(BEFORE_TELLING_MILLIS);
                for (Map.Entry<BuiltinAgent, BuiltinAgent.Run> each : displaced.entrySet()) {
                    if (!closed) {
                        each.getKey().displaced(each.getValue(), RUNNER_GONE, END_MILLIS);
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Its next incarnation goes on where it was: what nodes keep of how far they are does not end with the daemon. */
    @Override
    public Recovered recover(String agent, long incarnation, AgentSpec spec) {
        return spec.builtin().isPresent()
                ? new Recovered.Displaced(DAEMON_GONE)
                : processes.recover(agent, incarnation, spec);
    }

    @Override
    public boolean signal(String agent, long incarnation, int signal) {
        BuiltinAgent known = builtins.get(agent);
        return known == null ? processes.signal(agent, incarnation, signal) : known.signal(incarnation, signal, TERM);
    }

    @Override
    public Outcome control(String agent, long incarnation, Control control) {
        return builtins.containsKey(agent)
                ? Outcome.unavailable("it runs inside of the daemon and has no process of its own")
                : processes.control(agent, incarnation, control);
    }

    @Override
    public void killAll(String agent) {
        BuiltinAgent known = builtins.get(agent);
        if (known == null) {
            processes.killAll(agent);
        } else {
            known.kill();
        }
    }

    @Override
    public void endInput(String agent, long incarnation, String channel) {
        BuiltinAgent known = builtins.get(agent);
        if (known == null) {
            processes.endInput(agent, incarnation, channel);
        } else {
            known.endInput(incarnation, channel);
        }
    }

    @Override
    public void endWithAgents() {
        processes.endWithAgents();
    }

    @Override
    public CompletableFuture<ExecResult> exec(String agent, AgentSpec spec, List<String> command, long timeoutMillis) {
        return processes.exec(agent, spec, command, timeoutMillis);
    }

    @Override
    public void clear(String agent) {
        endBuiltin(agent);
        processes.clear(agent);
    }

    @Override
    public void release(String agent) {
        endBuiltin(agent);
        processes.release(agent);
    }

    @Override
    public void retain(Set<String> agents) {
        processes.retain(agents);
    }

    private void endBuiltin(String agent) {
        BuiltinAgent known = builtins.remove(agent);
        if (known != null) {
            known.kill();
            known.letGo();
        }
    }

    @Override
    public List<LogLine> log(String agent, int lines) {
        BuiltinAgent known = builtins.get(agent);
        if (known != null) {
            known.drainOutput();
        }
        return processes.log(agent, lines);
    }

    @Override
    public AutoCloseable followLog(String agent, int lines, Consumer<LogLine> consumer) {
        return processes.followLog(agent, lines, consumer);
    }

    @Override
    public List<Capability> capabilities() {
        return processes.capabilities();
    }

    /** Lets processes run on; what runs inside of the daemon is ended by whoever runs it. */
    @Override
    public void close() {
        closed = true;
        builtins.values().forEach(BuiltinAgent::letGo);
        builtins.clear();
        processes.close();
    }
}
