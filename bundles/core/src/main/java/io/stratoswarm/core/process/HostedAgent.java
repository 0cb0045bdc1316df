package io.stratoswarm.core.process;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentControls.Outcome;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Resources;
import io.stratoswarm.api.agent.Control;
import io.stratoswarm.core.pipe.LinuxPipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent on this host: its keeper, its present incarnation, its output. All state, that of the parts included, is guarded
 * by this object's lock.
 */
final class HostedAgent {
    static final String ENDED = "it has ended";

    private static final Logger LOG = LoggerFactory.getLogger(HostedAgent.class);

    final String agent;
    final AgentFolder folder;
    private final HostContext context;
    private final KeeperCare keeper;
    private final Incarnation incarnation;
    private final Leftovers leftovers;
    private final OutputHolder output;

    private @Nullable Preparation prepared;
    private Cgroups.Confinement confinement = Cgroups.Confinement.NONE;
    /** The order that waits for a keeper. */
    private @Nullable String pending;
    /** Whether what waits for a keeper has one, and whether its channels are there. */
    private boolean kept;

    private boolean connected;
    /** Cores that the present incarnation was limited to while it ran; 0 for none but what was declared. */
    private double throttled;

    /** The order that was given last; null once the keeper has said something of its incarnation. */
    private @Nullable String given;

    HostedAgent(HostContext context, String agent) {
        this.context = context;
        this.agent = agent;
        this.folder = AgentFolder.of(context.data(), agent);
        this.output = new OutputHolder(context, folder, agent);
        this.keeper = new KeeperCare(context, folder, agent, this, new KeeperNews());
        this.leftovers = new Leftovers(context, folder, keeper, mark());
        this.incarnation = new Incarnation(context, folder, agent, leftovers, this);
    }

    /** What the keeper's care tells. */
    private final class KeeperNews implements KeeperCare.Told {
        @Override
        public void died() {
            onKeeperDeath();
        }

        @Override
        public void failed(String message) {
            if (pending != null && incarnation.current() != 0) {
                refuse(incarnation.current(), message);
            }
        }

        @Override
        public void clear(Set<Integer> sessions) {
            leftovers.sweep(sessions, 0);
        }

        @Override
        public boolean runs() {
            return incarnation.main().pid() != 0;
        }
    }

    /** What its processes carry in their environment; each incarnation puts its number behind it. */
    String mark() {
        return context.token() + ":" + folder.name() + ":";
    }

    synchronized int mainPid() {
        return incarnation.current() == 0 ? 0 : incarnation.main().pid();
    }

    /** Whether a session is that of its present keeper, and so its own. */
    synchronized boolean ownsSession(int session) {
        return session > 0 && session == keeper.pid();
    }

    synchronized Footprint footprint() {
        MainProcess main = incarnation.main();
        boolean runs = incarnation.current() != 0 && main.wellStarted();
        return new Footprint(
                agent,
                runs ? incarnation.current() : 0,
                runs ? main.pid() : 0,
                main.startTicks(),
                keeper.pid(),
                output.movedBytes());
    }

    synchronized Set<Integer> sessions() {
        return keeper.sessions();
    }

    synchronized long incarnation() {
        return incarnation.current();
    }

    synchronized void start(long number, AgentSpec wanted) {
        if (incarnation.current() != 0) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.CONFLICT,
                    "agent " + agent + " still runs as incarnation " + incarnation.current()
                            + "; stop it before starting another");
        }
        try {
            loadKnown();
            if (number <= incarnation.begun()) {
                return;
            }
            throttled = 0;
            // A restart with nothing changed costs one order to the keeper.
            boolean reuse = keeper.serves();
            Preparation ready = prepared;
            boolean same = ready != null
                    && ready.spec().equals(wanted)
                    && ready.confinement().equals(confinement);
            if (ready == null || !same || !reuse) {
                ready = prepare(wanted);
            }
            List<String> unavailable = ready.unavailable();
            if (!unavailable.isEmpty()) {
                context.tell(l -> l.limited(agent, number, unavailable));
            }
            incarnation.begin(number, wanted, true);
            pending = "start " + number + " " + ready.script();
            kept = reuse && keeper.hasJoined(ready.groups());
            connected = wanted.wires().isEmpty();
            if (!connected) {
                connect(number, wanted, wires().make(number, wanted));
            }
            if (kept) {
                sendPending();
            } else {
                keeper.launch(ready.groups());
            }
        } catch (IOException e) {
            refuse(number, "its runtime folder " + folder.runtime() + " cannot be used: " + Cgroups.reason(e));
        } catch (StratoswarmException e) {
            if (e.kind() == StratoswarmException.Kind.CONFLICT) {
                throw e;
            }
            refuse(number, String.valueOf(e.getMessage()));
        }
    }

    /** From the next start on. */
    synchronized void confine(Cgroups.Confinement wanted) {
        confinement = wanted;
    }

    synchronized Cgroups.Confinement confinement() {
        return confinement;
    }

    private Preparation prepare(AgentSpec wanted) throws IOException {
        prepared = null;
        keeper.prepareFolder();
        Preparation made = Preparation.make(context, folder, agent, mark(), wanted, confinement);
        output.open(wanted.log());
        prepared = made;
        return made;
    }

    private Wires wires() {
        return context.channels().of(folder, agent);
    }

    /** The holder has them before the agent has, and is asked on a thread of its own, since that takes milliseconds. */
    private void connect(long number, AgentSpec wanted, List<Path> made) {
        Thread.ofVirtual().name("connect-" + agent).start(() -> {
            try {
                context.channels().holder().hold(made);
                List<Path> old;
                synchronized (this) {
                    if (incarnation.current() != number || pending == null) {
                        return;
                    }
                    old = wires().dropOld(number, wanted);
                    connected = true;
                    sendPending();
                }
                context.channels().holder().letGo(old);
            } catch (StratoswarmException | IOException e) {
                synchronized (this) {
                    if (incarnation.current() == number && pending != null) {
                        refuse(number, "its channels cannot be connected: " + e.getMessage());
                    } else {
                        LOG.warn("channels of agent {}: {}", agent, e.getMessage());
                    }
                }
            }
        });
    }

    /** Lets go of the writing end of an input; returns once nobody has it any more. */
    void endInput(long number, String channel) {
        Path ended;
        synchronized (this) {
            AgentSpec spec = incarnation.spec();
            if (number == 0 || incarnation.current() != number || spec == null) {
                return;
            }
            ended = wires().end(channel, number, spec);
        }
        context.channels().holder().end(ended);
    }

    private void refuse(long number, String message) {
        pending = null;
        incarnation.refuse(number, message);
    }

    /** What an earlier daemon left, once; a keeper of it is taken over. */
    private void loadKnown() throws IOException {
        if (incarnation.begun() != 0) {
            return;
        }
        KeeperState state = KeeperState.read(folder.state());
        if (!Files.isDirectory(folder.runtime()) || keeper.otherBoot()) {
            incarnation.begun(state.begun());
            return;
        }
        boolean kept = keeper.takeRunning();
        state = KeeperState.read(folder.state());
        keeper.remember(state.keepers());
        Recovery old = new Recovery(context, folder, state.begun(), state, false, kept, mark(), null);
        if (old.find().isPresent()) {
            throw new StratoswarmException(
                    StratoswarmException.Kind.CONFLICT,
                    "agent " + agent + " still runs as incarnation " + state.begun()
                            + " of an earlier daemon; recover it first");
        }
        incarnation.begun(state.begun());
    }

    private void sendPending() {
        if (pending != null && kept && connected) {
            incarnation.awaitExec();
            keeper.send(pending);
            given = pending;
            pending = null;
        }
    }

    /** A line of the keeper, without the agent's name. */
    synchronized void onLine(String line) {
        String[] words = line.split(" ", 4);
        if (words[0].equals("keeper")) {
            onKeeper(Integer.parseInt(words[1]), Long.parseLong(words[2]), words.length > 3 ? words[3] : "");
            return;
        }
        if (words[0].equals("idle")) {
            giveAgain();
            return;
        }
        if (words.length < 2 || incarnation.current() == 0 || Long.parseLong(words[1]) != incarnation.current()) {
            return;
        }
        given = null;
        MainProcess main = incarnation.main();
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
                incarnation.ended(KeeperState.status(Integer.parseInt(words[2]), words[3]));
            }
            default -> LOG.debug("keeper of {} said: {}", agent, line);
        }
    }

    /** A process that the keeper had forked ahead was killed, perhaps just as it had taken the order; given twice it counts once. */
    private void giveAgain() {
        if (given != null && incarnation.current() != 0) {
            LOG.warn("the order '{}' to the keeper of agent {} is given again", given, agent);
            keeper.send(given);
        }
    }

    private void onKeeper(int keeperPid, long keeperTicks, String lost) {
        if (!keeper.arrived(keeperPid, keeperTicks)) {
            return;
        }
        if (!lost.isBlank()) {
            String message = "its keeper could not join " + lost.trim() + "; limits there do not hold";
            long number = incarnation.current();
            context.tell(l -> l.note(agent, number, message));
        }
        kept = true;
        try {
            sendPending();
        } catch (StratoswarmException e) {
            refuse(incarnation.current(), String.valueOf(e.getMessage()));
        }
        notifyAll();
    }

    private synchronized void onKeeperDeath() {
        if (keeper.released() || keeper.launching()) {
            return;
        }
        keeper.lost();
        LOG.warn("the keeper of agent {} was killed; a new one is started", agent);
        long number = incarnation.current();
        if (number == 0) {
            return;
        }
        if (incarnation.main().pid() == 0) {
            context.tell(l -> l.note(agent, number, "its keeper was killed while it started it"));
            incarnation.main().failed(new KeeperState.Failure(-1, "start it: its keeper was killed"));
            sweep();
            incarnation.ended(ExitStatus.UNKNOWN);
            return;
        }
        context.tell(
                l -> l.note(agent, number, "its keeper was killed; it runs on, and its exit status will not be known"));
        incarnation.watchOrphan();
        keeper.launchAgain();
    }

    synchronized ProcessHost.Recovered recover(long number, AgentSpec wanted) {
        try {
            if (!Files.isDirectory(folder.runtime())) {
                return new ProcessHost.Recovered.NeverStarted();
            }
            boolean otherBoot = keeper.otherBoot();
            boolean kept = !otherBoot && keeper.takeRunning();
            KeeperState state = Recovery.settle(folder, number, kept ? keeper.link() : null, context.nowNanos());
            incarnation.begun(state.begun());
            keeper.remember(otherBoot ? Map.of() : state.keepers());
            if (kept) {
                output.open(wanted.log());
            }
            Recovery recovery = new Recovery(context, folder, number, state, otherBoot, kept, mark(), wanted);
            Optional<Recovery.Found> found = recovery.find();
            return found.isPresent() ? adopt(number, wanted, found.get(), kept) : recovery.verdict();
        } catch (IOException e) {
            return new ProcessHost.Recovered.Lost(
                    "its runtime folder " + folder.runtime() + " cannot be read: " + Cgroups.reason(e));
        }
    }

    private ProcessHost.Recovered adopt(long number, AgentSpec wanted, Recovery.Found found, boolean kept) {
        incarnation.begin(number, wanted, false);
        incarnation.main().is(found.pid(), found.startTicks());
        if (found.orphan()) {
            incarnation.watchOrphan();
        }
        if (!kept && incarnation.current() != 0) {
            try {
                output.open(wanted.log());
            } catch (IOException e) {
                LOG.warn("the output of agent {} cannot be read: {}", agent, Cgroups.reason(e));
            }
            keeper.launchAgain();
        }
        return new ProcessHost.Recovered.Running(
                found.pid(), context.proc().startNanos(found.startTicks(), context.nowNanos()));
    }

    synchronized boolean signal(long number, int signal) {
        return incarnation.current() == number
                && number != 0
                && incarnation.main().signal(signal);
    }

    /** What a command beside the running agent must not lift. */
    synchronized Resources limits(Resources declared) {
        return throttled == 0
                ? declared
                : new Resources(Optional.of(throttled), declared.memoryBytes(), declared.pids());
    }

    /** Of a throttle nothing may be left at its next start, so that the limits are written anew then. */
    Outcome control(long number, Control control) {
        Controls.Target target;
        synchronized (this) {
            AgentSpec spec = incarnation.spec();
            MainProcess main = incarnation.main();
            if (number == 0 || incarnation.current() != number || spec == null || !main.wellStarted()) {
                return Outcome.unavailable(ENDED);
            }
            prepared = null;
            if (control instanceof Control.Throttle throttle) {
                throttled = throttle.cores();
            }
            target = new Controls.Target(folder, keeper.sessions(), keeper.pid(), main.pid(), mark(), spec.resources());
        }
        return new Controls(context, target).apply(control);
    }

    /** A hook or a probe is about to run, and may leave something behind. */
    synchronized void commandRuns() {
        leftovers.mayBe();
    }

    /** Kills all but the keeper; true where nothing is left. */
    boolean sweep() {
        int spared;
        Set<Integer> sessions;
        synchronized (this) {
            if (leftovers.knownNone()) {
                return true;
            }
            keeper.takeOver();
            spared = keeper.pid();
            sessions = keeper.sessions();
        }
        return leftovers.sweep(sessions, spared);
    }

    void drainOutput() {
        output.drain();
    }

    /** Kills what is left, ends the keeper, removes the cgroup and what is in the runtime folder, but no channels. */
    void clear() {
        synchronized (this) {
            pending = null;
            keeper.release();
            incarnation.drop();
            pending = null;
            leftovers.mayBe();
        }
        sweep();
        synchronized (this) {
            keeper.end();
            letGo();
        }
        context.cgroups().removeSoon(folder.name());
        Scripts.deleteAllBut(folder.runtime(), LinuxPipes.CHANNEL_FILE);
    }

    /** As {@link #clear}, and the channels go as well, with what is in them. */
    void release() {
        clear();
        context.channels().drop(folder);
        Scripts.deleteTree(folder.runtime());
    }

    /** Leaves everything running and closes what this process holds. */
    synchronized void letGo() {
        keeper.letGo();
        incarnation.close();
        output.close();
        notifyAll();
    }
}
