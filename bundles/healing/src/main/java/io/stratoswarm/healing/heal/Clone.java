package io.stratoswarm.healing.heal;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Lifecycle;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.api.agent.AgentSpec.Resources;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.Graphs;
import io.stratoswarm.api.graph.NodeKind;
import io.stratoswarm.api.graph.NodeSpec;
import io.stratoswarm.api.graph.PlaceRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A second copy of an agent that a fault can be made in, as a graph of its own: the agent alone, with no flow and nothing that it depends on,
 * within limits, and the jobs that somebody allowed for it. Pure.
 *
 * @param agent id of the one that it is a copy of
 * @param label class of the failure that is to be made
 * @param node of the agent, as the clone runs it
 * @param jobs remedies that may be run for a clone as well
 * @param fault the job that makes the fault; empty where the daemon does
 */
record Clone(String agent, String label, NodeSpec node, List<NodeSpec> jobs, Optional<NodeSpec> fault) {
    /** Names of such graphs; healing and prediction do not see what is in them. */
    private static final String GRAPH = "healing-clone-";

    private static final Pattern NAME = Pattern.compile(GRAPH + "(\\d{1,18})");
    /** Label of a node that may be cloned: {@code yes}, or variables that its clone is given, as {@code NAME=VALUE}, apart by blanks. */
    static final String ALLOWED = "healing.clone";
    /** Label of a manual job that makes a fault in a clone: the classes that it makes, separated by commas. */
    static final String FAULT = "healing.fault";

    static final String CRASH = "random-crash";
    static final String HANG = "deadlock";
    private static final Pattern VARIABLE = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=(.*)");
    private static final String NODE_OF_FAULT = "healing-fault";
    private static final Resources USUAL =
            new Resources(Optional.of(1.0), OptionalLong.of(1L << 30), OptionalLong.of(512));

    Clone {
        jobs = List.copyOf(jobs);
    }

    /**
     * @param names of the class
     * @throws StratoswarmException kind CONFLICT with the reason where there can be none
     */
    static Clone of(Graphs.Declaration graph, String id, String label, Set<String> names) {
        NodeSpec node = graph.nodes().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new StratoswarmException(Kind.NOT_FOUND, "node " + id + " is gone"));
        String agent = graph.name() + "/" + id;
        AgentSpec spec = node.agent();
        String allowed = spec.labels().getOrDefault(ALLOWED, "").strip();
        if (allowed.isEmpty()) {
            throw no(
                    agent,
                    "it does not have the label " + ALLOWED
                            + " ('yes', or variables that keep its clone from what is real, such as 'PORT=0 DATA=/tmp/clone')");
        }
        if (node.kind() != NodeKind.PROCESS || spec.lifecycle() != Lifecycle.SERVICE) {
            throw no(agent, "it is no process that runs all the time");
        }
        if (graph.flows().stream()
                .anyMatch(flow -> flow.from().node().equals(id)
                        || flow.to().stream().anyMatch(end -> end.node().equals(id)))) {
            throw no(agent, "records flow to or from it, and a clone has no flows");
        }
        if (Stream.of(spec.readiness(), spec.liveness())
                .flatMap(Optional::stream)
                .anyMatch(Clone::asksThePlace)) {
            throw no(agent, "its probe asks an address, where the agent itself would answer for the clone");
        }
        if (spec.metrics().isPresent()) {
            throw no(agent, "it serves metrics at a port, where the agent itself would answer for the clone");
        }
        Optional<NodeSpec> fault = graph.nodes().stream()
                .filter(job -> Acts.meant(job.agent(), FAULT, id, names, false))
                .findFirst();
        boolean own =
                label.equals(CRASH) || label.equals(HANG) && spec.liveness().isPresent();
        if (fault.isEmpty() && !own) {
            throw no(
                    agent,
                    label.equals(HANG)
                            ? "without a liveness probe nobody notices that it hangs"
                            : "nothing makes a fault of class " + label
                                    + ": no manual job of its graph has it in its label " + FAULT);
        }
        Map<String, String> environment = environment(agent, allowed);
        return new Clone(
                agent,
                label,
                alone(node, environment),
                graph.nodes().stream()
                        .filter(job -> job.agent().labels().containsKey(ALLOWED)
                                && Acts.meant(job.agent(), Acts.REMEDY, id, names, true))
                        .map(job -> alone(job, environment))
                        .toList(),
                fault.map(job -> alone(job, environment).withId(NODE_OF_FAULT)));
    }

    private static StratoswarmException no(String agent, String why) {
        return new StratoswarmException(Kind.CONFLICT, "a clone of " + agent + " is not possible, because " + why);
    }

    private static boolean asksThePlace(Probe probe) {
        return probe.action() instanceof ProbeAction.Tcp || probe.action() instanceof ProbeAction.Http;
    }

    private static Map<String, String> environment(String agent, String allowed) {
        Map<String, String> own = new HashMap<>();
        for (String word : allowed.split("\\s+", -1)) {
            Matcher variable = VARIABLE.matcher(word);
            if (variable.matches()) {
                own.put(variable.group(1), variable.group(2));
            } else if (!word.equals("yes")) {
                throw no(agent, "its label " + ALLOWED + " must be 'yes' or NAME=VALUE ..., not '" + word + "'");
            }
        }
        own.put("STRATOSWARM_CLONE_OF", agent);
        return own;
    }

    private static NodeSpec alone(NodeSpec node, Map<String, String> environment) {
        AgentSpec spec = node.agent();
        Resources now = spec.resources();
        return new NodeSpec(
                node.id(),
                spec.with(List.of(), spec.builtin())
                        .withEnvironment(environment)
                        .withAffinity(List.of())
                        .withLimits(
                                spec.rlimits(),
                                new Resources(
                                        now.cpuCores().or(USUAL::cpuCores),
                                        now.memoryBytes().isPresent() ? now.memoryBytes() : USUAL.memoryBytes(),
                                        now.pids().isPresent() ? now.pids() : USUAL.pids())),
                1,
                List.of(),
                node.kind(),
                List.of(),
                PlaceRequest.NONE,
                List.of());
    }

    /** How the fault is made, in words. */
    String made() {
        return fault.map(job -> "by a job of its graph")
                .orElse(label.equals(CRASH) ? "SIGKILL of its process" : "SIGSTOP of its process");
    }

    /** The graph with the clone, and with the job that makes the fault in the process of this id. */
    GraphManifest manifest(String name, Optional<Integer> pid) {
        List<NodeSpec> nodes = new ArrayList<>(jobs);
        nodes.add(node);
        pid.ifPresent(it -> fault.ifPresent(job -> nodes.add(
                job.withAgent(job.agent().withEnvironment(Map.of("STRATOSWARM_CLONE_PID", String.valueOf(it)))))));
        return new GraphManifest(
                name,
                "a clone of " + agent + " that failures of class " + label + " are made in",
                Map.of("healing.clone-of", agent),
                nodes,
                List.of(),
                List.of(),
                List.of(),
                "");
    }

    static String faultOf(String graph) {
        return graph + "/" + NODE_OF_FAULT;
    }

    /** Name of the graph of a trial. */
    static String graph(long trial) {
        return GRAPH + trial;
    }

    /** Number of the trial that a graph is of, by its name; empty where it is another graph. */
    static OptionalLong trial(String graph) {
        Matcher matcher = NAME.matcher(graph);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    /** Whether an agent is a clone. */
    static boolean is(String agent) {
        return agent.startsWith(GRAPH)
                && trial(agent.substring(0, Math.max(0, agent.indexOf('/')))).isPresent();
    }
}
