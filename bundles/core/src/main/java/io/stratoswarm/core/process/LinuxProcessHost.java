package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentControls.Outcome;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.api.agent.LogLine;
import io.stratoswarm.api.agent.ProcessImages;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.host.Capability;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.linux.Epoll;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import io.stratoswarm.core.pipe.LinuxPipes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs agents as Linux processes under keepers that outlive this process. */
public final class LinuxProcessHost implements ProcessHost, Footprints, ProcessImages {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxProcessHost.class);

    private final DataFolder data;
    private final HostContext context;
    private final NotifyHub notify;
    private final CommandRunner commands;
    private final Map<String, HostedAgent> byName = new ConcurrentHashMap<>();
    private final AtomicLong commandSerial = new AtomicLong();
    private final int events;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment eventBuffer = arena.allocate(64 << 10);
    private final StringBuilder eventText = new StringBuilder();
    private final Thread watcherThread;
    private final Thread pumpThread;
    private final ListenerSwitch listener = new ListenerSwitch();
    private final Holder holder;
    private @Nullable LinuxPipes pipes;
    private volatile boolean endsForGood;
    private volatile boolean closed;

    /**
     * Opens the host for a data folder. Agents that an earlier daemon left running are taken up by {@link #recover}.
     *
     * @param random gives the token of a new data folder, which also names its cgroups and its socket; two folders must not get
     *     the same, so a seeded one is for a single host only
     */
    public static LinuxProcessHost open(DataFolder data, InstantSource clock, RandomGenerator random) {
        ProcFs proc = ProcFs.host();
        return open(data, clock, random, proc, name -> Cgroups.ofHost(proc, name));
    }

    /** Makes the cgroups of a data folder, given the name of its group. */
    @FunctionalInterface
    interface CgroupSource {
        Cgroups open(String name) throws IOException;
    }

    static LinuxProcessHost open(
            DataFolder data, InstantSource clock, RandomGenerator random, ProcFs proc, CgroupSource cgroups) {
        try {
            return new LinuxProcessHost(data, clock, random, proc, cgroups);
        } catch (IOException e) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.SYSTEM,
                    "the runtime folder " + data.agents() + " cannot be prepared: " + Cgroups.reason(e),
                    e);
        }
    }

    private LinuxProcessHost(
            DataFolder data, InstantSource clock, RandomGenerator random, ProcFs proc, CgroupSource source)
            throws IOException {
        this.data = new DataFolder(data.root().toAbsolutePath());
        Files.createDirectories(this.data.agents());
        Files.createDirectories(this.data.logs());
        Scripts.deleteTree(StagedImage.all(this.data.root()));
        Files.setPosixFilePermissions(
                this.data.agents(), java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
        String token = token(random);
        Cgroups cgroups = source.open("stratoswarm-" + token.substring(0, 12));
        Watcher watcher = new Watcher();
        OutputPump pump = new OutputPump(clock, (agent, bytes, lines) -> listener.outputDropped(agent, bytes, lines));
        String socket = "stratoswarm/" + token;
        Detached detached = new Detached();
        holder = new Holder(this.data, proc, proc.bootId(), watcher, detached, clock.millis());
        context = new HostContext(
                this.data,
                clock,
                proc,
                cgroups,
                watcher,
                pump,
                new KeeperLauncher(this.data, detached),
                new Sweeper(proc, cgroups),
                proc.bootId(),
                token,
                "@" + socket,
                new Channels(this.data, holder),
                listener,
                this::drainEvents);
        commands = new CommandRunner(proc);
        Path fifo = this.data.agents().resolve(".events");
        Linux.mkfifo(fifo);
        events = Linux.open(fifo, Linux.O_RDWR | Linux.O_NONBLOCK, 0);
        Linux.pipeSize(events, 1 << 20);
        watcher.watch(events, Epoll.IN, this::drainEvents);
        notify = new NotifyHub(socket, context, byName::values);
        watcher.watch(notify.descriptor(), Epoll.IN, notify::receive);
        if (Files.exists(this.data.pipes().resolve("holder"))) {
            // What it holds is what an earlier daemon left; what agents do with it is not known yet.
            pipes();
            context.channels().takeUp();
            holder.finishIdle();
        }
        watcherThread = Thread.ofPlatform().name("agent-exit-watcher").daemon().start(watcher::run);
        pumpThread = Thread.ofPlatform().name("agent-output-pump").daemon().start(pump::run);
    }

    private String token(RandomGenerator random) throws IOException {
        Path file = data.agents().resolve(".token");
        try {
            String token = Files.readString(file).trim();
            if (token.matches("[0-9a-f]{32}")) {
                return token;
            }
        } catch (NoSuchFileException first) {
            LOG.debug("the runtime folder {} is new", data.agents());
        }
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        String token = HexFormat.of().formatHex(bytes);
        Path fresh = data.agents().resolve(".token.new");
        Files.writeString(fresh, token + "\n");
        Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        return token;
    }

    /** Hands on the lines of keepers; on the watcher's thread. */
    private void drainEvents() {
        long read = Linux.read(events, eventBuffer);
        while (read > 0) {
            byte[] bytes = eventBuffer.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE);
            eventText.append(new String(bytes, StandardCharsets.ISO_8859_1));
            read = read == eventBuffer.byteSize() ? Linux.read(events, eventBuffer) : 0;
        }
        int start = 0;
        for (int end = eventText.indexOf("\n"); end >= 0; end = eventText.indexOf("\n", start)) {
            String line = utf8(eventText.substring(start, end));
            start = end + 1;
            int space = line.indexOf(' ');
            HostedAgent agent = space < 0 ? null : byName.get(line.substring(0, space));
            if (agent != null) {
                try {
                    agent.onLine(line.substring(space + 1));
                } catch (RuntimeException e) {
                    LOG.error("the keeper's message '{}' could not be handled", line, e);
                }
            }
        }
        eventText.delete(0, start);
    }

    private static String utf8(String latin) {
        return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private HostedAgent hosted(String agent) {
        if (closed) {
            throw new StratoswarmException(StratoswarmException.Kind.UNAVAILABLE, "the process host is closed");
        }
        return byName.computeIfAbsent(AgentFolder.encode(agent), name -> new HostedAgent(context, agent));
    }

    @Override
    public void listener(Listener told) {
        listener.set(told);
    }

    @Override
    public void start(String agent, long incarnation, AgentSpec spec) {
        if (spec.command().isEmpty()) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.INVALID, "agent " + agent + " has no command; give at least a program");
        }
        hosted(agent).start(incarnation, spec);
    }

    @Override
    public void confine(String agent, List<Integer> cpus, List<Integer> memoryNodes) {
        hosted(agent).confine(new Cgroups.Confinement(cpus, memoryNodes));
    }

    @Override
    public Recovered recover(String agent, long incarnation, AgentSpec spec) {
        return hosted(agent).recover(incarnation, spec);
    }

    /** The pipes of agents' channels and of flows; what an earlier daemon kept is held by this process from now on. */
    public synchronized Pipes pipes() {
        if (pipes == null) {
            pipes = new LinuxPipes(data.pipes(), context.channels(), holder);
        }
        return pipes;
    }

    @Override
    public void endInput(String agent, long incarnation, String channel) {
        hosted(agent).endInput(incarnation, channel);
    }

    @Override
    public void endWithAgents() {
        endsForGood = true;
    }

    HostContext context() {
        return context;
    }

    @Override
    public boolean signal(String agent, long incarnation, int signal) {
        HostedAgent known = byName.get(AgentFolder.encode(agent));
        return known != null && known.signal(incarnation, signal);
    }

    @Override
    public Outcome control(String agent, long incarnation, Control control) {
        HostedAgent known = byName.get(AgentFolder.encode(agent));
        return known == null ? Outcome.unavailable(HostedAgent.ENDED) : known.control(incarnation, control);
    }

    @Override
    public void killAll(String agent) {
        hosted(agent).sweep();
    }

    @Override
    public CompletableFuture<ExecResult> exec(String agent, AgentSpec spec, List<String> command, long timeoutMillis) {
        CompletableFuture<ExecResult> result = new CompletableFuture<>();
        HostedAgent hosted = hosted(agent);
        hosted.commandRuns();
        long serial = commandSerial.incrementAndGet();
        Thread.ofVirtual().name("exec-" + agent).start(() -> {
            try {
                List<Path> groups = spec.resources().equals(AgentSpec.Resources.NONE)
                        ? List.of()
                        : context.cgroups()
                                .prepare(hosted.folder.name(), hosted.limits(spec.resources()), hosted.confinement())
                                .procs();
                String script =
                        CommandRunner.prepare(hosted.folder, agent, spec, hosted.mark(), command, groups, serial);
                try {
                    result.complete(commands.run(hosted.folder, script, timeoutMillis));
                } finally {
                    Files.deleteIfExists(hosted.folder.runtime().resolve(script));
                }
            } catch (IOException e) {
                result.completeExceptionally(new StratoswarmException(
                        StratoswarmException.Kind.SYSTEM,
                        "a command of agent " + agent + " cannot be run: " + Cgroups.reason(e),
                        e));
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    @Override
    public void clear(String agent) {
        HostedAgent known = hosted(agent);
        known.clear();
        byName.remove(known.folder.name(), known);
    }

    @Override
    public void release(String agent) {
        HostedAgent known = hosted(agent);
        known.release();
        byName.remove(known.folder.name(), known);
    }

    @Override
    public void retain(Set<String> agents) {
        Set<String> known = new HashSet<>();
        agents.forEach(agent -> known.add(AgentFolder.encode(agent)));
        try (var folders = Files.newDirectoryStream(data.agents(), Files::isDirectory)) {
            for (Path folder : folders) {
                String name = folder.getFileName().toString();
                if (!known.contains(name) && Scripts.hasOnly(folder, LinuxPipes.CHANNEL_FILE)) {
                    context.channels().drop(new AgentFolder(data, name));
                    Scripts.deleteTree(folder);
                }
            }
        } catch (IOException e) {
            LOG.warn("channels of agents that are gone may be left in {}: {}", data.agents(), Cgroups.reason(e));
        }
    }

    @Override
    public List<LogLine> log(String agent, int lines) {
        AgentFolder folder = AgentFolder.of(data, agent);
        HostedAgent known = byName.get(folder.name());
        if (known != null) {
            known.drainOutput();
        }
        return AgentLog.last(folder.logs(), agent, lines);
    }

    @Override
    public AutoCloseable followLog(String agent, int lines, Consumer<LogLine> consumer) {
        AgentLog log = new AgentLog(AgentFolder.of(data, agent).logs(), agent);
        Thread thread =
                Thread.ofVirtual().name("follow-" + agent).start(() -> log.follow(lines, context.pump(), consumer));
        return thread::interrupt;
    }

    private StagedImage image(String agent) {
        return new StagedImage(AgentFolder.of(data, agent));
    }

    @Override
    public Path stage(String agent) {
        return image(agent).make();
    }

    @Override
    public void use(String agent, List<String> command) {
        image(agent).use(command);
    }

    @Override
    public void discard(String agent) {
        image(agent).drop();
    }

    @Override
    public List<Footprint> footprints() {
        List<Footprint> all = new ArrayList<>(byName.size());
        byName.values().forEach(agent -> all.add(agent.footprint()));
        return all;
    }

    @Override
    public Place place(String agent) {
        AgentFolder folder = AgentFolder.of(data, agent);
        HostedAgent known = byName.get(folder.name());
        return known == null
                ? new Place(java.util.Set.of(), folder.name(), Map.of(), folder.logs())
                : new Place(known.sessions(), known.mark(), context.cgroups().groups(folder.name()), folder.logs());
    }

    @Override
    public List<Capability> capabilities() {
        List<Capability> all = new ArrayList<>(HostFacts.probe(context.proc()));
        all.addAll(context.cgroups().capabilities());
        return all;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        context.watcher().stop();
        context.pump().stop();
        join(watcherThread);
        join(pumpThread);
        byName.values().forEach(HostedAgent::letGo);
        byName.clear();
        closePipes();
        context.watcher().close();
        context.pump().close();
        notify.close();
        Linux.close(events);
        arena.close();
        context.cgroups().removeRoot();
    }

    private synchronized void closePipes() {
        context.channels().letGo();
        if (pipes != null) {
            pipes.close();
        }
        if (endsForGood) {
            holder.finish();
        }
        holder.close();
    }

    private static void join(Thread thread) {
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
