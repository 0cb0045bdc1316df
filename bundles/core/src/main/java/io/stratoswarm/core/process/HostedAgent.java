package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final long LAUNCH_POLL_MILLIS = 20;
    /** After so many the keeper is replaced, so that its file of what happened can be cut. */
    private static final int STARTS_A_KEEPER = 1_000;

    final String agent;
    final AgentFolder folder;
    private final HostContext context;
    private final KeeperLink keeper;
    private final OutputHolder output;
    /** Groups that the present keeper has joined. */
    private List<Path> joined = List.of();

    private @Nullable Preparation prepared;
    private int startsOfKeeper;
    private final KnownKeepers keepers;

    private @Nullable AgentSpec spec;
    /** The highest incarnation whose start was ordered. */
    private long begun;
    /** The incarnation that has not ended yet, or 0. */
    private long current;

    private @Nullable String pending;
    private boolean launching;
    private boolean released;

    private MainProcess main;
    private boolean startedTold;
    private final NoticeChannel notice;
    private MemoryWatch memory;

    HostedAgent(HostContext context, String agent) {
        this.context = context;
        this.agent = agent;
        this.folder = AgentFolder.of(context.data(), agent);
        this.keeper = new KeeperLink(context, folder);
        this.output = new OutputHolder(context, folder, agent);
        this.keepers = new KnownKeepers(context.proc());
        this.memory = MemoryWatch.start(context.cgroups(), folder.name(), AgentSpec.Resources.NONE);
        this.main = new MainProcess(context, folder);
        this.notice = new NoticeChannel(context, folder);
    }

    /** What its processes carry in their environment; each incarnation puts its number behind it. */
    String mark() {
        return context.token() + ":" + folder.name() + ":";
    }

    synchronized int mainPid() {
        return current == 0 ? 0 : main.pid();
    }

    /** Whether a session is that of its present keeper, and so its own. */
    synchronized boolean ownsSession(int session) {
        return session > 0 && session == keeper.pid();
    }

    synchronized long incarnation() {
        return current;
    }

    synchronized void start(long incarnation, AgentSpec wanted) {
        if (current != 0) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.CONFLICT,
                    "agent " + agent + " still runs as incarnation " + current + "; stop it before starting another");
        }
        try {
            loadKnown();
            if (incarnation <= begun) {
                return;
            }
            // A restart with nothing changed costs one order to the keeper.
            boolean reuse = keeper.pid() != 0 && startsOfKeeper < STARTS_A_KEEPER;
            Preparation ready = prepared;
            if (ready == null || !ready.spec().equals(wanted) || !reuse) {
                ready = prepare(wanted);
            }
            List<String> unavailable = ready.unavailable();
            if (!unavailable.isEmpty()) {
                context.tell(l -> l.limited(agent, incarnation, unavailable));
            }
            begin(incarnation, wanted);
            notice.open(wanted, true, this::onNotice);
            pending = "start " + incarnation + " " + ready.script();
            if (reuse && joined.equals(ready.groups())) {
                sendPending();
            } else {
                launch(ready.groups());
            }
        } catch (IOException e) {
            refuse(incarnation, "its runtime folder " + folder.runtime() + " cannot be used: " + Cgroups.reason(e));
        } catch (StratoswarmException e) {
            if (e.kind() == StratoswarmException.Kind.CONFLICT) {
                throw e;
            }
            refuse(incarnation, String.valueOf(e.getMessage()));
        }
    }

    private Preparation prepare(AgentSpec wanted) throws IOException {
        prepared = null;
        keeper.prepareFolder();
        Preparation made = Preparation.make(context, folder, agent, mark(), wanted);
        output.open(wanted.log());
        prepared = made;
        return made;
    }

    private void begin(long incarnation, AgentSpec wanted) {
        spec = wanted;
        begun = incarnation;
        current = incarnation;
        main.close();
        main = new MainProcess(context, folder);
        startedTold = false;
        memory = MemoryWatch.start(context.cgroups(), folder.name(), wanted.resources());
    }

    private void refuse(long incarnation, String message) {
        current = 0;
        pending = null;
        begun = Math.max(begun, incarnation);
        context.tell(l -> l.setupFailed(agent, incarnation, message));
    }

    /** What an earlier daemon left, once; a keeper of it is taken over. */
    private void loadKnown() throws IOException {
        if (begun != 0 || !Files.isDirectory(folder.runtime()) || keeper.otherBoot()) {
            begun = begun != 0 ? begun : KeeperState.read(folder.state()).begun();
            return;
        }
        boolean kept = keeper.takeRunning(this::onKeeperDeath);
        KeeperState state = KeeperState.read(folder.state());
        begun = state.begun();
        keepers.addAll(state.keepers());
        joined = Scripts.readPaths(folder.runtime().resolve("joined"));
        Recovery old = new Recovery(context, folder, begun, state, false, kept, mark(), null);
        if (old.find().isPresent()) {
            long runs = begun;
            begun = 0;
            throw new StratoswarmException(
                    StratoswarmException.Kind.CONFLICT,
                    "agent " + agent + " still runs as incarnation " + runs
                            + " of an earlier daemon; recover it first");
        }
    }

    private void sendPending() {
        if (pending == null) {
            return;
        }
        long incarnation = current;
        main.awaitExec(() -> onExec(incarnation));
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
            if (keeper.pid() == 0 && !keeper.otherBoot()) {
                keeper.takeRunning(this::onKeeperDeath);
            }
            keeper.end();
            joined = groups;
            Scripts.writePaths(folder.runtime().resolve("joined"), groups);
            if (main.pid() == 0 && startsOfKeeper >= STARTS_A_KEEPER) {
                KeeperState.compact(folder);
            }
            startsOfKeeper = 0;
            if (released) {
                launching = false;
                return;
            }
        }
        context.launcher().launch(folder, groups);
        synchronized (this) {
            // The keeper also tells the watcher; looking at its file serves a watcher that is busy.
            for (long waited = 0;
                    !released && !keeper.alive() && waited < KEEPER_MILLIS;
                    waited += LAUNCH_POLL_MILLIS) {
                pause();
                if (!released) {
                    keeper.takeRunning(this::onKeeperDeath);
                }
            }
            launching = false;
            notifyAll();
            if (!keeper.alive() && !released) {
                launchFailed("its keeper did not come up within " + KEEPER_MILLIS + " ms; see "
                        + folder.runtime().resolve("launch"));
            }
        }
    }

    /** Gives the lock away for a moment. */
    private void pause() {
        try {
            wait(LAUNCH_POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void launchFailed(String message) {
        launching = false;
        notifyAll();
        if (pending != null && current != 0) {
            refuse(current, message);
        }
    }

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
            case "run" -> {
                if (main.pid() == 0) {
                    main.is(Integer.parseInt(words[2]));
                }
            }
            case "switch" -> main.switching(true);
            case "user" -> main.switching(false);
            case "fail" -> main.failed(new KeeperState.Failure(Integer.parseInt(words[2]), words[3]));
            case "exit" -> {
                main.endedWith(Integer.parseInt(words[2]));
                ended(KeeperState.status(Integer.parseInt(words[2]), words[3]));
            }
            default -> LOG.debug("keeper of {} said: {}", agent, line);
        }
    }

    private void onKeeper(int keeperPid, long keeperTicks, String lost) {
        if (released || !keeper.take(keeperPid, keeperTicks, this::onKeeperDeath)) {
            return;
        }
        keepers.add(keeperPid, keeperTicks);
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

    /** The starting process has closed its end: its program runs, or the start failed, or it ended. */
    private synchronized void onExec(long incarnation) {
        if (current == incarnation && main.pid() != 0) {
            main.closeExec();
            if (main.wellStarted()) {
                tellStarted();
            }
        }
    }

    private void tellStarted() {
        if (!startedTold) {
            startedTold = true;
            long incarnation = current;
            int agentPid = main.pid();
            long now = context.nowNanos();
            context.tell(l -> l.started(agent, incarnation, agentPid, now));
            if (main.startTicks() >= 0) {
                KeeperState.append(folder, "ticks " + incarnation + " " + main.startTicks());
            }
        }
    }

    private void ended(ExitStatus status) {
        long incarnation = current;
        long now = context.nowNanos();
        KeeperState.Failure failed = main.failure();
        AgentSpec was = spec;
        main.close();
        if (failed == null) {
            tellStarted();
            memory.verdict().ifPresent(why -> context.tell(l -> l.note(agent, incarnation, why)));
            context.tell(l -> l.exited(agent, incarnation, status, now));
        } else {
            String message = SetupFailures.explain(failed, was);
            context.tell(l -> l.setupFailed(agent, incarnation, message));
        }
        main = new MainProcess(context, folder);
        current = 0;
        notifyAll();
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
        if (main.pid() == 0) {
            context.tell(l -> l.note(agent, incarnation, "its keeper was killed while it started it"));
            main.failed(new KeeperState.Failure(-1, "start it: its keeper was killed"));
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
        long incarnation = current;
        boolean runs = main.awaitEnd(() -> {
            synchronized (this) {
                if (current == incarnation) {
                    orphanEnded();
                }
            }
        });
        if (!runs) {
            orphanEnded();
        }
    }

    private void orphanEnded() {
        KeeperState.append(folder, "exit " + current + " -1 unknown");
        ended(ExitStatus.UNKNOWN);
    }

    private void onNotice() {
        synchronized (this) {
            long incarnation = current;
            if (notice.newline() && incarnation != 0) {
                context.tell(l -> l.ready(agent, incarnation));
            }
        }
    }

    synchronized ProcessHost.Recovered recover(long incarnation, AgentSpec wanted) {
        try {
            if (!Files.isDirectory(folder.runtime())) {
                return new ProcessHost.Recovered.NeverStarted();
            }
            boolean otherBoot = keeper.otherBoot();
            boolean kept = !otherBoot && keeper.takeRunning(this::onKeeperDeath);
            KeeperState state = Recovery.settle(folder, incarnation, kept ? keeper : null, context.nowNanos());
            begun = state.begun();
            keepers.addAll(otherBoot ? java.util.Map.of() : state.keepers());
            joined = List.copyOf(Scripts.readPaths(folder.runtime().resolve("joined")));
            if (kept) {
                output.open(wanted.log());
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

    private ProcessHost.Recovered adopt(long incarnation, AgentSpec wanted, Recovery.Found found, boolean kept) {
        begin(incarnation, wanted);
        main.is(found.pid(), found.startTicks());
        startedTold = true;
        notice.open(wanted, false, this::onNotice);
        if (found.orphan()) {
            watchOrphan();
        }
        if (!kept && current != 0) {
            try {
                output.open(wanted.log());
            } catch (IOException e) {
                LOG.warn("the output of agent {} cannot be read: {}", agent, Cgroups.reason(e));
            }
            launch(joined);
        }
        return new ProcessHost.Recovered.Running(
                found.pid(), context.proc().startNanos(found.startTicks(), context.nowNanos()));
    }

    synchronized boolean signal(long incarnation, int signal) {
        return current == incarnation && current != 0 && main.signal(signal);
    }

    /** Learns of a keeper that an earlier daemon left and that nobody has asked to recover. */
    private void takeOver() {
        try {
            if (keeper.pid() == 0 && !released && Files.isDirectory(folder.runtime()) && !keeper.otherBoot()) {
                keeper.takeRunning(this::onKeeperDeath);
                keepers.addAll(KeeperState.read(folder.state()).keepers());
            }
        } catch (IOException e) {
            LOG.warn("the keeper of agent {} cannot be found: {}", agent, Cgroups.reason(e));
        }
    }

    /** Kills all but the keeper; true where nothing is left. */
    boolean sweep() {
        int spared;
        Set<Integer> sessions;
        synchronized (this) {
            takeOver();
            spared = keeper.pid();
            sessions = keepers.sessions();
        }
        return context.sweeper().sweep(folder, sessions, spared, mark());
    }

    void drainOutput() {
        output.drain();
    }

    /** Kills what is left, ends the keeper, removes runtime folder and cgroup. */
    void release() {
        synchronized (this) {
            pending = null;
            // A keeper that is just coming up must not be left behind.
            for (int waited = 0; launching && waited < KEEPER_MILLIS; waited += LAUNCH_POLL_MILLIS) {
                pause();
            }
            takeOver();
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
        context.cgroups().removeSoon(folder.name());
        Scripts.deleteTree(folder.runtime());
    }

    /** Leaves everything running and closes what this process holds. */
    synchronized void letGo() {
        released = true;
        keeper.letGo();
        main.close();
        notice.close();
        output.close();
        notifyAll();
    }
}
