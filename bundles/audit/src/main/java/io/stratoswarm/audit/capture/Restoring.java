package io.stratoswarm.audit.capture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.agent.ProcessImages;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.capture.Captures.Agent;
import io.stratoswarm.api.capture.Captures.Capture;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.audit.capture.store.CaptureFolder;
import io.stratoswarm.audit.capture.store.Objects;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Starts agents from what a capture holds of them. */
final class Restoring {
    /** To stop it may take its time of grace. */
    private static final long PATIENCE_SECONDS = 300;

    private final Proc proc;
    private final CaptureFolder folder;
    private final Agents agents;
    private final Supplier<Optional<ProcessImages>> images;

    Restoring(Proc proc, CaptureFolder folder, Agents agents, Supplier<Optional<ProcessImages>> images) {
        this.proc = proc;
        this.folder = folder;
        this.agents = agents;
        this.images = images;
    }

    /** What is known before anything is touched. */
    record Plan(Capture capture, String agent, int pid, Criu criu, ProcessImages images) {}

    /** Refuses what cannot work. */
    Plan plan(Capture capture, String agent) {
        Agent captured = capture.agents().stream()
                .filter(it -> it.id().equals(agent))
                .findFirst()
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND,
                        "the capture " + capture.number() + " does not hold the agent '" + agent + "'"));
        List<Integer> numbers = ProcessImageParts.numbers(agent, folder.manifest(capture.number()));
        if (numbers.isEmpty()) {
            throw new StratoswarmException(
                    Kind.INVALID,
                    "the capture " + capture.number() + " holds no images of '" + agent + "': "
                            + captured.problems().stream()
                                    .filter(problem -> problem.startsWith(Criu.PROBLEM))
                                    .findFirst()
                                    .orElse("it was taken in the mode " + capture.mode() + ", not in "
                                            + Captures.CRIU));
        }
        AgentSpec spec = agents.spec(agent)
                .orElseThrow(() -> new StratoswarmException(
                        Kind.NOT_FOUND, "there is no agent '" + agent + "' any more; 'stratoswarm ps' lists them"));
        if (!spec.wires().isEmpty()) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "flows are connected to '" + agent + "', and they know what it has read and written since; an agent"
                            + " can be restored only where there are none");
        }
        Set<Integer> own = new HashSet<>();
        status(agent).flatMap(Restoring::pid).ifPresent(pid -> own.addAll(new AgentProcesses(proc).of(pid)));
        for (int number : numbers) {
            String process = proc.status(String.valueOf(number), "Tgid");
            if (!process.isEmpty() && !own.contains(Integer.parseInt(process))) {
                throw new StratoswarmException(
                        Kind.CONFLICT,
                        "'" + agent + "' had process or thread " + number + " in the capture " + capture.number()
                                + " and needs that number again, and another one has it now: "
                                + proc.text(number + "/comm").strip());
            }
        }
        Criu criu = Criu.find().need();
        ProcessImages there = images.get()
                .orElseThrow(() ->
                        new StratoswarmException(Kind.UNAVAILABLE, "agents are not supervised now; try again later"));
        return new Plan(capture, agent, captured.pids().getFirst(), criu, there);
    }

    private Optional<AgentStatus> status(String agent) {
        return agents.get(agent);
    }

    private static Optional<Integer> pid(AgentStatus status) {
        return status.pid().isPresent() ? Optional.of(status.pid().getAsInt()) : Optional.empty();
    }

    /** Writes an event. */
    interface Telling {
        Receipt tell(String type, List<Cause> causes, ObjectNode payload);
    }

    /** Returns once it runs, with its process. */
    int carryOut(Plan plan, String actor, Telling telling) {
        ObjectNode told = Json.object().put("number", plan.capture().number()).put("agent", plan.agent());
        Receipt asked = telling.tell("RestoreRequested", List.of(), told);
        List<Cause> cause = List.of(new Cause.OfEvent(asked.journal(), asked.firstSequence()));
        try {
            AgentStatus now = start(plan, actor);
            told.put("incarnation", now.incarnation()).put("pid", plan.pid());
        } catch (StratoswarmException e) {
            telling.tell("RestoreFailed", cause, told.put("reason", e.getMessage()));
            throw e;
        }
        telling.tell("AgentRestored", cause, told);
        return plan.pid();
    }

    private AgentStatus start(Plan plan, String actor) {
        String agent = plan.agent();
        Path staged = plan.images().stage(agent);
        try (Objects objects = folder.objects()) {
            if (!ProcessImageParts.write(agent, folder.manifest(plan.capture().number()), objects, staged)) {
                throw new StratoswarmException(
                        Kind.DAMAGED,
                        "the capture " + plan.capture().number() + " lacks the images of '" + agent + "'");
            }
            plan.images().use(agent, plan.criu().restore(staged));
            agents.restart(agent, actor).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new StratoswarmException(Kind.SYSTEM, "its images cannot be laid out: " + e.getMessage(), e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StratoswarmException known
                    ? known
                    : new StratoswarmException(Kind.SYSTEM, "'" + agent + "' was not started: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new StratoswarmException(
                    Kind.TIMEOUT, "'" + agent + "' does not run after " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "the daemon ends, so this was given up", e);
        } finally {
            plan.images().discard(agent);
        }
        AgentStatus now = status(agent).orElseThrow();
        if (!pid(now).equals(Optional.of(plan.pid()))) {
            throw new StratoswarmException(
                    Kind.CONFLICT,
                    "'" + agent + "' was not made from its images, and its command was started instead; 'stratoswarm"
                            + " logs " + agent + "' tells why");
        }
        return now;
    }
}
