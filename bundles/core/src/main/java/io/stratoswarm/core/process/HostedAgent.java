package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.core.linux.Epoll;
import io.stratoswarm.core.linux.Linux;
import io.stratoswarm.core.linux.ProcFs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One agent on this host: its keeper, its present incarnation, its output. All state is guarded by this object's lock. */
final class HostedAgent {
    private static final Logger LOG = LoggerFactory.getLogger(HostedAgent.class);
    private static final long KEEPER_MILLIS = 5_000;
    /** After so many the keeper is replaced, so that its file of what happened can be cut. */
    private static final int STARTS_A_KEEPER = 1_000;

    final String agent;
    final AgentFolder folder;
    private final HostContext context;
    private final KeeperLink keeper;
    private @Nullable AgentOutput output;
    /** Groups that the present keeper has joined. */
    private List<Path> joined = List.of();
    /** The spec that the next three are made from. */
    private @Nullable AgentSpec prepared;

    private String script = "";
    private List<Path> groups = List.of();
    private List<String> unavailable = List.of();
    private int startsOfKeeper;
    /** Keepers of this agent that are known, by pid; their sessions are the agent's. */
    private final java.util.Map<Integer, Long> keepers = new java.util.HashMap<>();

    private @Nullable AgentSpec spec;
    /** The highest incarnation whose start was ordered. */
    private long begun;
    /** The incarnation that has not ended yet, or 0. */
    private long current;

    private @Nullable String pending;
    private boolean launching;
    private boolean released;

    private int pid;
    private long startTicks;
    private int descriptor = -1;
    private long watched;
    private boolean startedTold;
    private boolean switching;
    private KeeperState.@Nullable Failure failure;
    private int exec = -1;
    private long execWatched;
    private int notice = -1;
    private long noticeWatched;
    private long outOfMemoryBefore;

    HostedAgent(HostContext context, String agent) {
        this.context = context;
        this.agent = agent;
        this.folder = AgentFolder.of(context.data(), agent);
        this.keeper = new KeeperLink(context, folder);
    }

    /** What its processes carry in their environment; each incarnation puts its number behind it. */
    String mark() {
        return context.token() + ":" + folder.name() + ":";
    }

    synchronized int mainPid() {
        return current == 0 ? 0 : pid;
    }

    synchronized long incarnation() {
        return current;
    }

    // ---------------------------------------------------------------- start

    synchronized void start(long incarnation, AgentSpec wanted) {
        if (current != 0) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.CONFLICT,
                    "agent " + agent + " still runs as incarnation " + current + "; stop it before starting another");
        }
        try {
            loadBegun();
            if (incarnation <= begun) {
                return;
            }
            // A restart with nothing changed costs one order to the keeper.
            boolean same = wanted.equals(prepared) && keeper.pid() != 0 && startsOfKeeper < STARTS_A_KEEPER;
            if (!same) {
                prepare(wanted);
            }
            if (!unavailable.isEmpty()) {
                List<String> limits = unavailable;
                context.tell(l -> l.limited(agent, incarnation, limits));
            }
            spec = wanted;
            begun = incarnation;
            current = incarnation;
            resetProcess();
            outOfMemoryBefore = outOfMemoryKills(wanted);
            openNotice(wanted);
            pending = "start " + incarnation + " " + script;
            if (keeper.pid() != 0 && joined.equals(groups) && startsOfKeeper < STARTS_A_KEEPER) {
                sendPending();
            } else {
                launch(groups);
            }
        } catch (IOException e) {
            refuse(incarnation, "its runtime folder " + folder.runtime() + " cannot be used: " + Cgroups.reason(e));
        } catch (StratoswarmException e) {
            refuse(incarnation, String.valueOf(e.getMessage()));
        }
    }

    private void prepare(AgentSpec wanted) throws IOException {
        prepared = null;
        keeper.prepareFolder();
        script = writeScript(wanted);
        Cgroups.Membership membership = context.cgroups().prepare(folder.name(), wanted.resources());
        groups = membership.procs();
        unavailable = membership.unavailable();
        openOutput(wanted);
        prepared = wanted;
    }

    private long outOfMemoryKills(AgentSpec wanted) {
        return wanted.resources().memoryBytes().isPresent() ? context.cgroups().outOfMemoryKills(folder.name()) : -1;
    }

    private void refuse(long incarnation, String message) {
        current = 0;
        pending = null;
        begun = Math.max(begun, incarnation);
        context.tell(l -> l.setupFailed(agent, incarnation, message));
    }

    private void loadBegun() throws IOException {
        if (begun == 0) {
            KeeperState state = KeeperState.read(folder.state());
            begun = state.begun();
            keepers.putAll(state.keepers());
        }
    }

    private String writeScript(AgentSpec wanted) throws IOException {
        StartScript.Identity identity = StartScript.identity(wanted);
        if (identity.switches()) {
            Files.setAttribute(folder.work(), "unix:uid", identity.account().uid());
            Files.setAttribute(folder.work(), "unix:gid", identity.gid());
        }
        boolean notifies = wanted.watchdogMillis().isPresent()
                || wanted.readiness()
                        .map(p -> p.action() instanceof AgentSpec.ProbeAction.NotifySocket)
                        .orElse(false);
        String text = new StartScript(
                        folder,
                        agent,
                        wanted,
                        mark(),
                        notifies ? Optional.of(context.notifySocket()) : Optional.empty())
                .forKeeper();
        return Scripts.write(folder.runtime(), "start", text);
    }

    private void openOutput(AgentSpec wanted) throws IOException {
        if (output == null || spec != null && !spec.log().equals(wanted.log())) {
            AgentOutput old = output;
            output = new AgentOutput(folder, wanted.log(), context.clock());
            if (old != null) {
                context.pump().remove(old);
            }
            context.pump().add(agent, output);
        }
    }

    private void openNotice(AgentSpec wanted) {
        closeNotice();
        if (wanted.readiness()
                .map(p -> p.action() instanceof AgentSpec.ProbeAction.NotifyFd)
                .orElse(false)) {
            notice = Linux.open(folder.notice(), Linux.O_RDWR | Linux.O_NONBLOCK, 0);
            int fd = notice;
            noticeWatched = context.watcher().watch(fd, Epoll.IN, () -> onNotice(fd));
        }
    }

    private void resetProcess() {
        pid = 0;
        startTicks = 0;
        startedTold = false;
        switching = false;
        failure = null;
        closeDescriptor();
    }

    private void sendPending() {
        if (pending == null) {
            return;
        }
        closeExec();
        exec = Linux.open(folder.exec(), Linux.O_RDONLY | Linux.O_NONBLOCK, 0);
        long incarnation = current;
        execWatched = context.watcher().watch(exec, Epoll.IN | Epoll.EDGE, () -> {
            // What the starting process said before it closed its end is in the FIFO of events by now.
            context.drainEvents().run();
            onExec(incarnation);
        });
        keeper.send(pending);
        pending = null;
        startsOfKeeper++;
    }

    /** Ends the present keeper, which is idle or dead, and starts another; on a thread of its own, since that takes milliseconds. */
    private void launch(List<Path> groups) {
        if (launching) {
            return;
        }
        launching = true;
        Thread.ofVirtual().name("keeper-launch-" + agent).start(() -> {
            try {
                relaunch(groups);
            } catch (IOException | StratoswarmException e) {
                LOG.debug("keeper of {} could not be started", agent, e);
                launchFailed(String.valueOf(e.getMessage()));
            }
        });
    }

    private void relaunch(List<Path> groups) throws IOException {
        synchronized (this) {
            keeper.end();
            joined = groups;
            Scripts.writePaths(folder.runtime().resolve("joined"), groups);
            compactState();
            startsOfKeeper = 0;
            if (released) {
                launching = false;
                return;
            }
        }
        context.launcher().launch(folder, groups);
        synchronized (this) {
            long waited = 0;
            while (!keeper.alive() && !released && waited < KEEPER_MILLIS) {
                waited += 100;
                try {
                    wait(100);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
            launching = false;
            if (!keeper.alive() && !released) {
                launchFailed("its keeper did not come up within " + KEEPER_MILLIS + " ms; see "
                        + folder.runtime().resolve("launch"));
            }
        }
    }

    private synchronized void launchFailed(String message) {
        launching = false;
        if (pending != null && current != 0) {
            refuse(current, message);
        }
    }

    /** Keeps of a long state file what still counts. */
    private void compactState() throws IOException {
        if (pid == 0 && Files.exists(folder.state()) && startsOfKeeper >= STARTS_A_KEEPER) {
            long highest = KeeperState.read(folder.state()).begun();
            Path fresh = folder.runtime().resolve("state.new");
            Files.writeString(fresh, "begin " + highest + "\nexit " + highest + " -1 unknown\n");
            Files.move(fresh, folder.state(), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }
    }

    // ---------------------------------------------------------------- events, on the watcher's thread

    /** A line of the keeper, without the agent's name. */
    synchronized void onLine(String line) {
        String[] words = line.split(" ", 4);
        if (words[0].equals("keeper")) {
            onKeeper(Integer.parseInt(words[1]), Long.parseLong(words[2]), words.length > 3 ? words[3] : "");
            return;
        }
        if (words.length < 2 || current == 0 || Long.parseLong(words[1]) != current) {
            return;
        }
        switch (words[0]) {
            case "run" -> onRun(Integer.parseInt(words[2]));
            case "switch" -> switching = true;
            case "user" -> switching = false;
            case "fail" -> failure = new KeeperState.Failure(Integer.parseInt(words[2]), words[3]);
            case "exit" -> {
                if (switching && failure == null) {
                    failure = new KeeperState.Failure(Integer.parseInt(words[2]), "become the user");
                }
                ended(KeeperState.status(Integer.parseInt(words[2]), words[3]));
            }
            default -> LOG.debug("keeper of {} said: {}", agent, line);
        }
    }

    private void onKeeper(int keeperPid, long keeperTicks, String lost) {
        if (released || !keeper.take(keeperPid, keeperTicks, this::onKeeperDeath)) {
            return;
        }
        keepers.put(keeperPid, keeperTicks);
        if (!lost.isBlank()) {
            String message = "its keeper could not join " + lost.trim() + "; limits there do not hold";
            long incarnation = current;
            context.tell(l -> l.note(agent, incarnation, message));
        }
        try {
            sendPending();
        } catch (StratoswarmException e) {
            refuse(current, String.valueOf(e.getMessage()));
        }
        notifyAll();
    }

    private void onRun(int agentPid) {
        if (pid != 0) {
            return;
        }
        pid = agentPid;
        // Where it has ended and been reaped already, the line that says so is the next one in the FIFO.
        startTicks = context.proc().stat(agentPid).map(ProcFs.Stat::startTicks).orElse(-1L);
        takeProcess();
    }

    /** Appends a line to what the keeper recorded; where that fails recovery must do without it. */
    private void record(String line) {
        try {
            Files.writeString(
                    folder.state(),
                    line + "\n",
                    StandardCharsets.US_ASCII,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            LOG.warn("'{}' of agent {} cannot be recorded in {}: {}", line, agent, folder.state(), Cgroups.reason(e));
        }
    }

    private boolean takeProcess() {
        int taken = Linux.pidfdOpen(pid);
        boolean same = context.proc()
                .stat(pid)
                .map(s -> s.startTicks() == startTicks && s.alive())
                .orElse(false);
        if (taken >= 0 && same) {
            descriptor = taken;
        } else if (taken >= 0) {
            Linux.close(taken);
        }
        return same;
    }

    /** The starting process has closed its end: its program runs, or the start failed, or it ended. */
    private synchronized void onExec(long incarnation) {
        if (current == incarnation && pid != 0) {
            closeExec();
            if (failure == null && !switching) {
                tellStarted();
            }
        }
    }

    private void tellStarted() {
        if (!startedTold) {
            startedTold = true;
            long incarnation = current;
            int agentPid = pid;
            long now = context.nowNanos();
            context.tell(l -> l.started(agent, incarnation, agentPid, now));
            if (startTicks >= 0) {
                record("ticks " + incarnation + " " + startTicks);
            }
        }
    }

    private void ended(ExitStatus status) {
        long incarnation = current;
        long now = context.nowNanos();
        KeeperState.Failure failed = failure;
        AgentSpec was = spec;
        closeExec();
        if (failed == null) {
            tellStarted();
            explain(incarnation);
            context.tell(l -> l.exited(agent, incarnation, status, now));
        } else {
            String message = SetupFailures.explain(failed, was);
            context.tell(l -> l.setupFailed(agent, incarnation, message));
        }
        closeDescriptor();
        current = 0;
        pid = 0;
        notifyAll();
    }

    private void explain(long incarnation) {
        if (outOfMemoryBefore < 0) {
            return;
        }
        long kills = context.cgroups().outOfMemoryKills(folder.name()) - outOfMemoryBefore;
        if (kills > 0) {
            context.tell(l -> l.note(
                    agent,
                    incarnation,
                    "out of memory: the kernel killed " + kills + " of its processes at the limit resources.memory"));
        }
    }

    private synchronized void onKeeperDeath() {
        if (released || launching) {
            return;
        }
        keeper.letGo();
        LOG.warn("the keeper of agent {} was killed; a new one is started", agent);
        if (current == 0) {
            return;
        }
        long incarnation = current;
        if (pid == 0) {
            context.tell(l -> l.note(agent, incarnation, "its keeper was killed while it started it"));
            failure = new KeeperState.Failure(-1, "the keeper was killed");
            sweep();
            ended(ExitStatus.UNKNOWN);
            return;
        }
        context.tell(l ->
                l.note(agent, incarnation, "its keeper was killed; it runs on, and its exit status will not be known"));
        watchOrphan();
        launch(joined);
    }

    /** Watches a process that no keeper will reap. */
    private void watchOrphan() {
        if (descriptor < 0 && !takeProcess()) {
            orphanEnded();
            return;
        }
        long incarnation = current;
        int fd = descriptor;
        watched = context.watcher().watch(fd, Epoll.IN, () -> {
            synchronized (this) {
                if (current == incarnation) {
                    orphanEnded();
                }
            }
        });
    }

    private void orphanEnded() {
        record("exit " + current + " -1 unknown");
        ended(ExitStatus.UNKNOWN);
    }

    /** Messages in the way of sd_notify(3); what is not known is ignored, as there. */
    void onNotify(String text) {
        long incarnation = incarnation();
        if (incarnation == 0) {
            return;
        }
        for (String line : text.split("\n")) {
            if (line.equals("READY=1")) {
                context.tell(l -> l.ready(agent, incarnation));
            } else if (line.equals("WATCHDOG=1")) {
                context.tell(l -> l.watchdog(agent, incarnation));
            } else if (line.startsWith("STATUS=")) {
                context.tell(l -> l.note(
                        agent, incarnation, line.substring("STATUS=".length()).strip()));
            }
        }
    }

    /** Whether a process is one of this agent's, by cgroup, session or mark. */
    boolean owns(ProcFs proc, Cgroups cgroups, int candidate) {
        String suffix = cgroups.suffix(folder.name());
        if (suffix != null
                && proc.cgroups(Integer.toString(candidate)).stream().anyMatch(line -> line.endsWith(suffix))) {
            return true;
        }
        int session = proc.stat(candidate).map(ProcFs.Stat::session).orElse(-1);
        synchronized (this) {
            return session > 0 && session == keeper.pid() || proc.started(candidate, "STRATOSWARM_MARK=" + mark());
        }
    }

    private void onNotice(int fd) {
        long incarnation;
        try (var arena = java.lang.foreign.Arena.ofConfined()) {
            var buffer = arena.allocate(4096);
            synchronized (this) {
                long read = fd == notice ? Linux.read(fd, buffer) : 0;
                incarnation = current;
                boolean newline = false;
                for (long i = 0; i < read; i++) {
                    newline |= buffer.get(java.lang.foreign.ValueLayout.JAVA_BYTE, i) == '\n';
                }
                if (!newline || incarnation == 0) {
                    return;
                }
            }
        }
        context.tell(l -> l.ready(agent, incarnation));
    }

    // ---------------------------------------------------------------- recovery

    synchronized ProcessHost.Recovered recover(long incarnation, AgentSpec wanted) {
        try {
            if (!Files.isDirectory(folder.runtime())) {
                return new ProcessHost.Recovered.NeverStarted();
            }
            boolean otherBoot = keeper.otherBoot();
            boolean kept = !otherBoot && keeper.takeRunning(this::onKeeperDeath);
            KeeperState state = settle(incarnation, kept);
            begun = state.begun();
            keepers.putAll(otherBoot ? java.util.Map.of() : state.keepers());
            joined = List.copyOf(Scripts.readPaths(folder.runtime().resolve("joined")));
            if (kept) {
                openOutput(wanted);
            }
            spec = wanted;
            Recovery recovery = new Recovery(context, folder, incarnation, state, otherBoot, kept, mark(), wanted);
            Optional<Recovery.Found> found = recovery.find();
            return found.isPresent() ? adopt(incarnation, wanted, found.get(), kept) : recovery.verdict();
        } catch (IOException e) {
            return new ProcessHost.Recovered.Lost(
                    "its runtime folder " + folder.runtime() + " cannot be read: " + Cgroups.reason(e));
        }
    }

    /** What the keeper's file says once an order that was still under way has been carried out. */
    private KeeperState settle(long incarnation, boolean kept) throws IOException {
        KeeperState state = KeeperState.read(folder.state());
        String token = Long.toString(context.nowNanos());
        boolean asked = false;
        for (int waited = 0; kept && waited < 400; waited++) {
            boolean idle = state.begun() == 0 || state.end().isPresent();
            if (idle && state.begun() < incarnation && !state.synced(token)) {
                if (!asked) {
                    keeper.send("sync " + token);
                    asked = true;
                }
            } else if (idle || state.run().isPresent() || state.begun() < incarnation) {
                return state;
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return state;
            }
            state = KeeperState.read(folder.state());
        }
        return state;
    }

    private ProcessHost.Recovered adopt(long incarnation, AgentSpec wanted, Recovery.Found found, boolean kept) {
        resetProcess();
        current = incarnation;
        pid = found.pid();
        startTicks = found.startTicks();
        startedTold = true;
        outOfMemoryBefore =
                wanted.resources().memoryBytes().isPresent() ? context.cgroups().outOfMemoryKills(folder.name()) : -1;
        takeProcess();
        openNotice(wanted);
        if (found.orphan()) {
            watchOrphan();
        }
        if (!kept && current != 0) {
            try {
                openOutput(wanted);
            } catch (IOException e) {
                LOG.warn("the output of agent {} cannot be read: {}", agent, Cgroups.reason(e));
            }
            launch(joined);
        }
        return new ProcessHost.Recovered.Running(
                found.pid(), context.proc().startNanos(found.startTicks(), context.nowNanos()));
    }

    // ---------------------------------------------------------------- commands

    synchronized boolean signal(long incarnation, int signal) {
        if (current != incarnation || pid == 0 || current == 0) {
            return false;
        }
        if (descriptor >= 0) {
            return Linux.pidfdSignal(descriptor, signal) == 0;
        }
        Optional<ProcFs.Stat> stat = context.proc().stat(pid);
        boolean same = stat.isPresent() && stat.get().startTicks() == startTicks;
        return same && Linux.kill(pid, signal) == 0;
    }

    /** Kills all but the keeper; true where nothing is left. */
    boolean sweep() {
        int spared;
        Set<Integer> sessions = new HashSet<>();
        synchronized (this) {
            spared = keeper.pid();
            keepers.forEach((keeperPid, ticks) -> {
                // While a session has members its number is not given to another process.
                Optional<ProcFs.Stat> leader = context.proc().stat(keeperPid);
                if (leader.isEmpty() || leader.get().startTicks() == ticks) {
                    sessions.add(keeperPid);
                }
            });
        }
        return context.sweeper().sweep(folder, sessions, spared, mark());
    }

    void drainOutput() {
        AgentOutput now;
        synchronized (this) {
            now = output;
        }
        if (now != null) {
            now.drain();
        }
    }

    /** Kills what is left, ends the keeper, removes runtime folder and cgroup. */
    void release() {
        synchronized (this) {
            released = true;
            current = 0;
            pending = null;
        }
        sweep();
        synchronized (this) {
            try {
                keeper.end();
            } catch (IOException e) {
                LOG.warn("the keeper of agent {} cannot be ended: {}", agent, Cgroups.reason(e));
            }
            letGo();
        }
        for (int tries = 0; tries < 200 && !context.cgroups().remove(folder.name()); tries++) {
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        Scripts.deleteTree(folder.runtime());
    }

    /** Leaves everything running and closes what this process holds. */
    synchronized void letGo() {
        released = true;
        keeper.letGo();
        closeExec();
        closeNotice();
        closeDescriptor();
        if (output != null) {
            context.pump().remove(output);
            output = null;
        }
        notifyAll();
    }

    private void closeDescriptor() {
        if (descriptor >= 0) {
            context.watcher().forget(watched, descriptor);
            Linux.close(descriptor);
            descriptor = -1;
        }
        watched = 0;
    }

    private void closeExec() {
        if (exec >= 0) {
            context.watcher().forget(execWatched, exec);
            Linux.close(exec);
            exec = -1;
        }
    }

    private void closeNotice() {
        if (notice >= 0) {
            context.watcher().forget(noticeWatched, notice);
            Linux.close(notice);
            notice = -1;
        }
    }
}
