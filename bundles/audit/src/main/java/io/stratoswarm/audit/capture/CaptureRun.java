package io.stratoswarm.audit.capture;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.capture.Captures;
import io.stratoswarm.api.capture.Captures.Agent;
import io.stratoswarm.api.capture.Captures.Capture;
import io.stratoswarm.api.journal.Checkpoint;
import io.stratoswarm.audit.capture.SeenPages.Seen;
import io.stratoswarm.audit.capture.linux.LinuxFailure;
import io.stratoswarm.audit.capture.store.CaptureFolder;
import io.stratoswarm.audit.capture.store.CaptureWriter;
import io.stratoswarm.audit.capture.store.Manifest;
import io.stratoswarm.audit.capture.store.MerkleTree;
import io.stratoswarm.audit.capture.store.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** Takes one capture, from the choice of processes to the manifest. */
final class CaptureRun {
    private static final String NO_GPU = "unavailable: no bundle offers the state of GPUs";

    /** What all runs share. */
    record Tools(
            Proc proc,
            CaptureFolder folder,
            SeenPages seen,
            Trackers trackers,
            PageHash hash,
            LongSupplier nanos,
            StopCopy.Moment moment) {}

    /**
     * What this one is about.
     *
     * @param agents main processes by agent
     */
    record Order(
            long number,
            Captures.Request request,
            Map<String, Integer> agents,
            String actor,
            long timeNanos,
            Checkpoint checkpoint) {}

    private final Tools tools;
    private final CaptureSettings settings;
    private final Order order;
    private final List<Agent> agents = new ArrayList<>();
    private final Map<String, MemoryParts> seen = new HashMap<>();
    private final FutureTask<List<Part>> host;
    private final long began;
    private long firstStop;
    private long lastStop;
    private long pages;
    private long changed;
    private final Map<String, ObjectNode> pipes = new TreeMap<>();

    CaptureRun(Tools tools, CaptureSettings settings, Order order) {
        this.tools = tools;
        this.settings = settings;
        this.order = order;
        this.host = new FutureTask<>(() -> new HostParts(tools.proc()).read());
        this.began = tools.nanos().getAsLong();
    }

    /** Refuses what cannot be done here. */
    static void check(Captures.Request request) {
        Optional<String> unavailable = switch (request.mode()) {
            case Captures.STOP_COPY -> Optional.empty();
            case Captures.FORK -> LedCalls.unavailable();
            case Captures.DIRTY -> Increments.unavailable();
            case Captures.CRIU -> Criu.find().unavailable();
            default ->
                throw new StratoswarmException(
                        Kind.INVALID,
                        "there is no mode '" + request.mode() + "'; there are " + Captures.STOP_COPY + ", "
                                + Captures.FORK + ", " + Captures.DIRTY + " and " + Captures.CRIU);
        };
        unavailable.ifPresent(why -> {
            throw new StratoswarmException(
                    Kind.UNAVAILABLE,
                    "the mode '" + request.mode() + "' is not available here: " + why + "; leave it out for '"
                            + Captures.STOP_COPY + "'");
        });
        if (request.hostOnly() && !request.agents().isEmpty()) {
            throw new StratoswarmException(Kind.INVALID, "name agents, or ask for the host only, not both");
        }
    }

    Capture take() throws InterruptedException {
        tools.trackers().retain(this::runs);
        try (CaptureWriter writer = tools.folder().begin(order.number())) {
            if (!order.request().hostOnly()) {
                List<List<String>> groups = groups();
                for (int i = 0; i < groups.size(); i++) {
                    group(groups.get(i), writer, i == groups.size() - 1);
                }
                writer.part(Part.json("agents/pipes", Json.text(pipes())));
            }
            hostParts().forEach(writer::part);
            writer.part(Part.json(
                    "journal/checkpoint",
                    Json.text(Json.object()
                            .put("journal", order.checkpoint().journal().toString())
                            .put("size", order.checkpoint().size())
                            .put("rootHash", order.checkpoint().rootHash()))));
            long stored = writer.flush();
            String root = HexFormat.of().formatHex(MerkleTree.root(writer.hashes()));
            Capture capture = capture(root, writer.hashes().size(), stored);
            Manifest manifest = writer.commit(CaptureCodec.meta(capture));
            seen.forEach(
                    (process, memory) -> tools.seen().keep(process, manifest.number(), memory.quiet(), memory.seen()));
            tools.trackers().kept(seen.keySet());
            return capture;
        }
    }

    /** Begun once the last processes were copied, for nothing is stopped then any more; else now. */
    private List<Part> hostParts() throws InterruptedException {
        host.run();
        try {
            return host.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the state of the host could not be read", e.getCause());
        }
    }

    private void begin(CaptureWriter writer) {
        Thread.ofPlatform().name("capture-host").daemon().start(host);
        writer.prepare();
    }

    /** Agents that are to stand still together. */
    private List<List<String>> groups() {
        List<String> all = List.copyOf(order.agents().keySet());
        return order.request().consistent()
                ? List.of(all)
                : all.stream().map(List::of).toList();
    }

    /** @param last whether nothing is stopped any more once these were copied */
    private void group(List<String> together, CaptureWriter writer, boolean last) throws InterruptedException {
        AgentProcesses processes = new AgentProcesses(tools.proc());
        List<StopCopy.Target> targets = new ArrayList<>();
        for (String agent : together) {
            int main = order.agents().getOrDefault(agent, 0);
            processes.of(main).forEach(pid -> targets.add(new StopCopy.Target(agent, pid)));
        }
        StopCopy.Bounds bounds = new StopCopy.Bounds(settings.stopMillis(), settings.copyMillis(), memory());
        try (Taking taking = taking(bounds);
                StopCopy.Copied copied =
                        new StopCopy(tools.proc(), tools.nanos(), bounds, tools.moment(), taking).copy(targets)) {
            if (last) {
                begin(writer);
            }
            if (agents.isEmpty()) {
                firstStop = copied.beganNanos();
            }
            lastStop = copied.beganNanos();
            for (Image image : copied.images()) {
                keep(image, copied, writer);
            }
            for (String agent : together) {
                agents.add(agent(agent, copied, images(agent, writer)));
            }
            together.forEach(agent -> writer.part(Part.json("agent/" + agent + "/gpu", "\"" + NO_GPU + "\"")));
        } catch (LinuxFailure e) {
            throw new StratoswarmException(Kind.SYSTEM, "nothing was stopped: " + e.getMessage(), e);
        }
    }

    /** What of the images, from which an agent can be restored, is missing; nothing in the modes that make none. */
    private List<String> images(String agent, CaptureWriter writer) {
        if (!order.request().mode().equals(Captures.CRIU)) {
            return List.of();
        }
        int main = order.agents().getOrDefault(agent, 0);
        List<Integer> apart = new AgentProcesses(tools.proc()).apart(main);
        if (!apart.isEmpty()) {
            return List.of(Criu.PROBLEM + "it cannot be restored without its processes " + apart
                    + ", which do not descend from the main one, and only what does is in an image");
        }
        try (PrivateFolder folder = PrivateFolder.make(tools.folder().making())) {
            Optional<String> failure = Criu.find().need().dump(main, folder.path());
            if (failure.isEmpty()) {
                ProcessImageParts.add(agent, folder.path(), writer);
            }
            return failure.stream().toList();
        } catch (IOException e) {
            return List.of(Criu.PROBLEM + "its images cannot be kept: " + e.getMessage());
        }
    }

    private Taking taking(StopCopy.Bounds bounds) {
        LedCalls calls = new LedCalls(tools.proc(), tools.nanos(), bounds, step -> {});
        return switch (order.request().mode()) {
            case Captures.FORK -> new Forks(tools.proc(), tools.nanos(), bounds, calls);
            case Captures.DIRTY -> new Increments(calls, tools.trackers(), this::before);
            default -> new Comparing(tools.hash(), process -> tools.seen().ofQuiet(process, this::isThere));
        };
    }

    /** As much as is allowed, and no more than half of what the host has free: agents come first. */
    private long memory() {
        long available = tools.proc().lines("meminfo").stream()
                .filter(it -> it.startsWith("MemAvailable:"))
                .mapToLong(it -> Long.parseLong(it.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElse(Long.MAX_VALUE);
        return Math.min(settings.memoryBytes(), available / 2);
    }

    private void keep(Image image, StopCopy.Copied copied, CaptureWriter writer) {
        new ProcessParts(tools.proc(), writer).add(image);
        pipes(image);
        String process = image.process();
        Map<Long, Seen> before = before(process);
        MemoryParts memory =
                new MemoryParts(writer, tools.hash(), ProcessParts.prefix(image.agent, image.pid) + "memory/", before);
        memory.add(image, copied.buffer().segment());
        seen.put(process, memory);
        pages += memory.pages();
        changed += memory.changed();
    }

    /** Whether this process, see {@link Image#process}, is still there. */
    private boolean runs(String process) {
        String[] words = process.split(" ", -1);
        String[] stat = tools.proc().stat(words[words.length - 2]);
        return stat.length > 19 && stat[19].equals(words[words.length - 1]);
    }

    private Map<Long, Seen> before(String process) {
        return tools.seen().of(process, this::isThere);
    }

    private boolean isThere(long capture) {
        return tools.folder().captures().contains(capture);
    }

    /** What agents have written and not read yet: records in flight. Each pipe once, with all ends that were seen. */
    private ArrayNode pipes() {
        ArrayNode all = Json.array();
        pipes.values().forEach(all::add);
        return all;
    }

    private void pipes(Image image) {
        for (Image.Descriptor descriptor : image.descriptors) {
            descriptor.waiting().ifPresent(bytes -> {
                ObjectNode pipe = pipes.computeIfAbsent(
                        descriptor.target(),
                        target -> Json.object().put("pipe", target).put("waitingBytes", bytes));
                pipe.withArray("ends")
                        .addObject()
                        .put("agent", image.agent)
                        .put("pid", image.pid)
                        .put("fd", descriptor.number());
            });
        }
    }

    private Agent agent(String id, StopCopy.Copied copied, List<String> further) {
        List<Image> own =
                copied.images().stream().filter(it -> it.agent.equals(id)).toList();
        return new Agent(
                id,
                own.stream().map(it -> it.pid).toList(),
                own.stream().mapToInt(it -> it.threads.size()).sum(),
                copied.stoppedNanos() / 1000,
                (copied.beganNanos() - firstStop) / 1000,
                own.stream().mapToLong(Image::bytes).sum(),
                Stream.concat(own.stream().flatMap(it -> it.problems.stream()), further.stream())
                        .toList());
    }

    private Capture capture(String root, long parts, long stored) {
        return new Capture(
                order.number(),
                order.timeNanos(),
                order.actor(),
                order.request().reason(),
                order.request().mode(),
                order.request().consistent(),
                agents,
                (lastStop - firstStop) / 1000,
                root,
                parts,
                agents.stream().mapToLong(Agent::bytes).sum(),
                pages,
                changed,
                stored,
                (tools.nanos().getAsLong() - began) / 1000,
                order.checkpoint(),
                OptionalLong.empty());
    }
}
