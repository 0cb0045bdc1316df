package io.stratoswarm.core.agent;

import static io.stratoswarm.core.agent.Rig.manifest;
import static io.stratoswarm.core.agent.Rig.node;
import static io.stratoswarm.core.agent.Rig.on;
import static io.stratoswarm.core.agent.Rig.replicas;
import static io.stratoswarm.core.agent.Rig.sleeper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec.RestartMode;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.graph.GraphManifest;
import io.stratoswarm.api.graph.NodeSpec.Condition;
import io.stratoswarm.api.journal.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.slf4j.LoggerFactory;

/**
 * Any sequence of commands, exits, crashes of the daemon, reboots and refusals of the journal. The scripted host itself fails
 * the test where an agent would run twice or an incarnation would not rise.
 */
class SupervisorProperties {
    /** One thing that happens; the number chooses among agents or kinds. */
    record Act(String what, int number) {}

    @Provide
    Arbitrary<List<Act>> acts() {
        Arbitrary<String> what = Arbitraries.frequency(
                net.jqwik.api.Tuple.of(6, "exit"),
                net.jqwik.api.Tuple.of(3, "die"),
                net.jqwik.api.Tuple.of(3, "runs"),
                net.jqwik.api.Tuple.of(2, "setup"),
                net.jqwik.api.Tuple.of(3, "start"),
                net.jqwik.api.Tuple.of(3, "stop"),
                net.jqwik.api.Tuple.of(3, "restart"),
                net.jqwik.api.Tuple.of(2, "kill"),
                net.jqwik.api.Tuple.of(3, "apply"),
                net.jqwik.api.Tuple.of(1, "delete"),
                net.jqwik.api.Tuple.of(4, "time"),
                net.jqwik.api.Tuple.of(2, "crash"),
                net.jqwik.api.Tuple.of(1, "reboot"),
                net.jqwik.api.Tuple.of(2, "hold"),
                net.jqwik.api.Tuple.of(2, "sync"),
                net.jqwik.api.Tuple.of(1, "refuse"),
                net.jqwik.api.Tuple.of(2, "accept"),
                net.jqwik.api.Tuple.of(3, "lease"),
                net.jqwik.api.Tuple.of(2, "release"),
                net.jqwik.api.Tuple.of(1, "signals"));
        return net.jqwik.api.Combinators.combine(what, Arbitraries.integers().between(0, 11))
                .as(Act::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(60);
    }

    /** Thousands of refusals and adoptions would bury the output of other tests. */
    @BeforeContainer
    static void hush() {
        ((Logger) LoggerFactory.getLogger("io.stratoswarm.core.agent")).setLevel(Level.OFF);
    }

    @AfterContainer
    static void speak() {
        ((Logger) LoggerFactory.getLogger("io.stratoswarm.core.agent")).setLevel(null);
    }

    @Property(tries = 300)
    void shouldKeepItsInvariants(@ForAll("acts") List<Act> acts) {
        Rig rig = new Rig();
        rig.host.startsAtOnce = false;
        rig.graphs.apply(variant(0), Rig.ACTOR);
        rig.settle();
        for (Act act : acts) {
            perform(rig, act);
            rig.settle();
        }
        // In the end the world is kind: everything durable, everything that started runs.
        rig.journal.refuse(null);
        rig.journal.release();
        rig.settle();
        rig.advanceMillis(2_000);
        for (int i = 0; i < 20; i++) {
            new ArrayList<>(rig.host.processes.values())
                    .stream().filter(p -> p.running()).forEach(p -> rig.host.runs(p.agent));
            rig.advanceMillis(40_000);
        }
        rig.assertFoldsAgree();
        assertTrue(rig.agents.list().stream().allMatch(agent -> agent.lease().isEmpty()), "no lease lasts for ever");
        assertDeclaredStateReached(rig);
        assertIncarnationsRise(rig);
    }

    private static void assertDeclaredStateReached(Rig rig) {
        for (AgentStatus agent : rig.agents.list()) {
            boolean runs = rig.host.running(agent.id());
            assertEquals(agent.phase().running(), runs, () -> agent + " " + rig.story(agent.id()));
            assertFalse(
                    agent.phase() == AgentPhase.STARTING
                            || agent.phase() == AgentPhase.STOPPING
                            || agent.phase() == AgentPhase.BACKOFF,
                    () -> "it hangs: " + agent + " " + rig.story(agent.id()));
            if (runs) {
                assertEquals(rig.host.process(agent.id()).incarnation, agent.incarnation());
            }
        }
        for (var process : rig.host.processes.values()) {
            assertTrue(
                    !process.running() || rig.agents.get(process.agent).isPresent(),
                    () -> process.agent + " runs and nobody knows it");
        }
    }

    private static void assertIncarnationsRise(Rig rig) {
        Map<String, Long> last = new HashMap<>();
        for (Event event : rig.journal.events()) {
            if (event.type().equals(Events.START_REQUESTED)) {
                long incarnation =
                        Json.tree(event.payload()).path("incarnation").longValue();
                Long before = last.put(event.subject(), incarnation);
                assertTrue(before == null || incarnation > before, event.subject() + " " + incarnation);
            }
        }
    }

    static GraphManifest variant(int number) {
        String command = number % 2 == 0 ? "/bin/one" : "/bin/two";
        int count = 1 + number % 3;
        if (number % 4 == 3) {
            return manifest("g", node("a", sleeper().make()));
        }
        return manifest(
                "g",
                node("a", sleeper().command(command).make()),
                replicas("b", sleeper().make(), count, on("a", Condition.READY)),
                node("c", sleeper().oneshot().mode(RestartMode.ON_FAILURE).make(), on("b", Condition.STARTED)),
                node("d", sleeper().mode(RestartMode.NEVER).command(command).make()));
    }

    static void perform(Rig rig, Act act) {
        List<String> running = rig.host.processes.values().stream()
                .filter(p -> p.running())
                .map(p -> p.agent)
                .sorted()
                .toList();
        String process = running.isEmpty() ? "" : running.get(act.number() % running.size());
        String selector = List.of("g", "g/a", "g/b", "g/c", "g/d", "g/b.1").get(act.number() % 6);
        switch (act.what()) {
            case "exit" -> ifRunning(process, () -> rig.host.exits(process, act.number() % 2));
            case "die" -> ifRunning(process, () -> rig.host.dies(process, 9));
            case "runs" -> ifRunning(process, () -> rig.host.runs(process));
            case "setup" ->
                ifRunning(process, () -> {
                    if (rig.host.startedUnheard(process)) {
                        rig.host.setupFails(process, "no such file");
                    }
                });
            case "start" -> rig.agents.start(selector, Rig.ACTOR);
            case "stop" -> rig.agents.stop(selector, Rig.ACTOR);
            case "restart" -> rig.agents.restart(selector, Rig.ACTOR);
            case "kill" -> rig.agents.kill(selector, Rig.ACTOR);
            case "lease" -> new LiveLeases(rig.supervisor).lease(selector, holder(act), 1L << act.number(), "a test");
            case "release" -> new LiveLeases(rig.supervisor).release(selector, holder(act));
            case "apply" -> rig.graphs.apply(variant(act.number()), Rig.ACTOR);
            case "delete" -> rig.graphs.delete("g", Rig.ACTOR);
            case "time" -> rig.advanceMillis(1L << act.number());
            case "crash" -> {
                rig.crash();
                rig.journal.refuse(null);
                rig.restartDaemon();
            }
            case "reboot" -> {
                rig.crash();
                rig.host.reboot();
                rig.journal.refuse(null);
                rig.restartDaemon();
            }
            case "hold" -> rig.journal.hold();
            case "sync" -> rig.journal.sync();
            case "refuse" -> rig.journal.refuse(new StratoswarmException(Kind.FULL, "the disk is full"));
            case "accept" -> {
                rig.journal.refuse(null);
                rig.journal.release();
            }
            case "signals" -> rig.host.obeysSignals = act.number() % 2 == 0;
            default -> throw new AssertionError(act.what());
        }
    }

    private static String holder(Act act) {
        return act.number() % 4 == 0 ? Rig.ACTOR : "healing";
    }

    private static void ifRunning(String process, Runnable action) {
        if (!process.isEmpty()) {
            action.run();
        }
    }
}
