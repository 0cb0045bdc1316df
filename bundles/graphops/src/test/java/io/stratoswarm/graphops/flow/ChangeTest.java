package io.stratoswarm.graphops.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.flow.Flows.Waiting;
import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.graph.FlowSpec;
import io.stratoswarm.api.graph.FlowSpec.End;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.Graphs.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flows are changed while real programs write numbered records to real programs as fast as they can. {@code -Dstratoswarm.changes=N}
 * makes it longer, {@code -Dstratoswarm.seed=N} another one.
 */
class ChangeTest {
    private static final int CHANGES = Integer.getInteger("stratoswarm.changes", 60);
    private static final long SEED = Long.getLong("stratoswarm.seed", 5);
    private static final int MOST = 5;

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final List<Member> members = new ArrayList<>();
    /** Of all that ever were, also of those that are gone. */
    private final Map<String, Path> outs = new LinkedHashMap<>();

    private final List<String> sources = new ArrayList<>();
    private int next;
    private boolean held;
    private Routing routing = new Routing.RoundRobin();
    private Rig rig;

    @BeforeEach
    void open() {
        rig = new Rig(folder);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void add(String node, int slot, int share) throws IOException {
        int number = next++;
        String agent = "g/" + node + "." + number;
        Path out = folder.resolve("out." + node + number);
        outs.put(agent, out);
        rig.start(agent, "stdin", "exec cat", out);
        members.add(new Member(number, agent, slot, false, share, false));
    }

    private void apply() {
        rig.apply(wired());
    }

    private List<Wired> wired() {
        List<String> nodes =
                members.stream().map(ChangeTest::node).distinct().sorted().toList();
        FlowSpec spec = Rig.flow("f", "a", nodes, Framing.LINES, routing, Optional.empty(), 1 << 20);
        return List.of(new Wired(
                spec,
                sources.stream().map(it -> Rig.port(it, "stdout")).toList(),
                members.stream()
                        .map(it -> Target.of(Rig.port(it.agent(), "stdin"), new End(node(it), "stdin"), it))
                        .toList(),
                held));
    }

    private static String node(Member member) {
        return member.agent().substring(2, member.agent().indexOf('.'));
    }

    private Waiting waiting(String agent) {
        return rig.engine().waiting(Rig.GRAPH).stream()
                .filter(it -> it.agent().equals(agent))
                .findFirst()
                .orElseThrow();
    }

    private int someShare() {
        return random.nextInt(3) == 0 ? Member.ALL : random.nextInt(Member.ALL);
    }

    private void change() throws IOException {
        switch (random.nextInt(6)) {
            case 0 -> held = !held;
            case 1 -> {
                if (members.size() < MOST) {
                    add(random.nextInt(3) == 0 ? "c" : "b", random.nextInt(2), random.nextBoolean() ? 0 : someShare());
                }
            }
            case 2 -> drain();
            case 3 -> routing = random.nextBoolean() ? new Routing.RoundRobin() : new Routing.LeastLoaded();
            default -> members.replaceAll(it -> it.draining() ? it : it.withShare(someShare()));
        }
        apply();
    }

    /** One of several gets nothing more, reads to the end, and goes. */
    private void drain() {
        if (members.size() == 1) {
            return;
        }
        int which = random.nextInt(members.size());
        Member going = members.get(which).drained();
        members.set(which, going);
        if (members.stream().noneMatch(it -> it.share() > 0)) {
            members.replaceAll(it -> it.draining() ? it : it.withShare(Member.ALL));
        }
        apply();
        String end = "end " + going.agent() + ".stdin";
        Rig.await("the end of the input of " + going.agent(), () -> rig.told.contains(end));
        assertEquals(0, waiting(going.agent()).onTheWay());
        assertTrue(waiting(going.agent()).ended());
        Rig.await(going.agent() + " has read all", () -> rig.unread(going.agent(), "stdin") == 0);
        members.remove(going);
    }

    @Test
    void shouldLoseAndDoubleNothingWhileReceiversComeShareDrainAndGo() throws Exception {
        add("b", 0, Member.ALL);
        List<Process> producers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            String source = "g/a." + i;
            sources.add(source);
            // As fast as they are read, until they are told to stop.
            producers.add(rig.start(
                    source,
                    "stdout",
                    "exec perl -e '$SIG{TERM} = sub { $over = 1 }; while (!$over) { $n++; print \"" + i + " $n\\n\" }'",
                    folder));
        }
        apply();
        for (int i = 0; i < CHANGES; i++) {
            change();
            if (random.nextInt(8) == 0) {
                rig.restart();
            }
            if (!held && random.nextBoolean()) {
                long more = rig.status("f").ledger().delivered() + random.nextInt(20_000);
                if (members.stream().anyMatch(it -> it.share() == Member.ALL)) {
                    Rig.await("records", () -> rig.status("f").ledger().delivered() > more);
                }
            }
            assertTrue(rig.status("f").ledger().balanced(), rig.status("f").toString());
        }
        held = false;
        members.replaceAll(it -> it.draining() ? it : it.withShare(Member.ALL));
        apply();
        for (Process producer : producers) {
            producer.destroy();
            producer.waitFor();
        }
        sources.forEach(it -> rig.phase(it, AgentPhase.COMPLETED, 1));
        Rig.await("the end", () -> rig.told.contains("ended f 1"));
        FlowLedger ledger = rig.status("f").ledger();
        String what = "seed " + SEED + " " + ledger;
        assertTrue(ledger.balanced(), what);
        assertEquals(
                List.of(ledger.read(), 0L, 0L, 0L),
                List.of(ledger.delivered(), ledger.dropped(), ledger.lostBytes(), ledger.refused()),
                what);
        Rig.await("all is read", () -> written() == ledger.deliveredBytes());
        Map<Integer, List<Integer>> got = new HashMap<>();
        for (FlowLedger.Receiver receiver : ledger.receivers()) {
            Map<Integer, Integer> last = new HashMap<>();
            List<String> lines = Files.readAllLines(java.util.Objects.requireNonNull(outs.get(receiver.agent())));
            assertEquals(receiver.delivered(), lines.size(), what);
            for (String line : lines) {
                int producer = line.charAt(0) - '0';
                int number = Integer.parseInt(line.substring(2));
                assertTrue(last.getOrDefault(producer, 0) < number, receiver + " has " + line + " out of order");
                last.put(producer, number);
                got.computeIfAbsent(producer, any -> new ArrayList<>()).add(number);
            }
        }
        got.forEach((producer, numbers) -> assertEquals(
                IntStream.rangeClosed(1, numbers.size()).boxed().toList(),
                numbers.stream().sorted().toList(),
                what));
    }

    private long written() {
        return outs.values().stream().mapToLong(it -> it.toFile().length()).sum();
    }

    @Test
    void shouldHoldWhatComesAndTellWhenNothingIsOnTheWay() throws Exception {
        add("b", 0, Member.ALL);
        sources.add("g/a.0");
        rig.start("g/a.0", "stdout", "exec perl -e 'while (1) { $n++; print \"0 $n\\n\" }'", folder);
        apply();
        for (int i = 0; i < 30; i++) {
            long before = rig.status("f").ledger().delivered();
            Rig.await("records", () -> rig.status("f").ledger().delivered() > before);
            held = true;
            apply();
            Rig.await("nothing on the way", () -> rig.status("f").ledger().inFlight() == 0);
            FlowLedger ledger = rig.status("f").ledger();
            assertEquals(ledger.read(), ledger.delivered());
            assertTrue(
                    rig.status("f").reason().startsWith("held"), rig.status("f").reason());
            if (i % 7 == 0) {
                rig.restart();
            }
            assertEquals(ledger.read(), rig.status("f").ledger().read(), "nothing is routed");
            held = false;
            apply();
        }
    }

    @Test
    void shouldEndTheInputOfADrainingReceiverOnceForEachStart() throws Exception {
        add("b", 0, Member.ALL);
        add("b", 1, Member.ALL);
        sources.add("g/a.0");
        rig.start("g/a.0", "stdout", "seq 1 1000", folder);
        apply();
        Rig.await("all", () -> rig.status("f").ledger().delivered() == 1000);
        String agent = members.getFirst().agent();
        members.set(0, members.getFirst().drained());
        apply();
        apply();
        assertEquals(List.of("started f 1", "end " + agent + ".stdin"), rig.told);
        rig.phase(agent, AgentPhase.BACKOFF, 1);
        rig.phase(agent, AgentPhase.READY, 2);
        assertEquals(
                2, rig.told.stream().filter(("end " + agent + ".stdin")::equals).count());
        rig.phase(agent, AgentPhase.COMPLETED, 2);
        members.removeFirst();
        apply();
        FlowLedger ledger = rig.status("f").ledger();
        assertEquals(
                List.of(agent, 500L),
                List.of(
                        ledger.receivers().get(1).agent(),
                        ledger.receivers().get(1).delivered()));
        assertTrue(ledger.balanced());
    }

    @Test
    void shouldKeepTheCountsOfASourceThatGoes() throws Exception {
        add("b", 0, Member.ALL);
        for (int i = 0; i < 3; i++) {
            sources.add("g/a." + i);
            rig.start("g/a." + i, "stdout", "seq 1 1000; printf last", folder);
        }
        apply();
        Rig.await("all whole lines", () -> rig.status("f").ledger().delivered() == 3000);
        rig.phase("g/a.0", AgentPhase.COMPLETED, 1);
        Rig.await("the last line of the one", () -> rig.status("f").ledger().delivered() == 3001);
        sources.removeFirst();
        apply();
        FlowLedger ledger = rig.status("f").ledger();
        assertEquals(List.of(3001L, 3001L, 0L), List.of(ledger.read(), ledger.delivered(), ledger.lostBytes()));
        rig.restart();
        assertEquals(3001, rig.status("f").ledger().read());
        sources.addFirst("g/a.0");
        rig.agents.put("g/a.0", new GraphNow.Agent(AgentPhase.READY, 1, false));
        rig.start("g/a.0", "stdout", "seq 1 10", folder);
        apply();
        Rig.await("those of its successor", () -> rig.status("f").ledger().delivered() == 3011);
        for (String source : sources) {
            rig.phase(source, AgentPhase.COMPLETED, 1);
        }
        Rig.await("the end", () -> rig.told.contains("ended f 1"));
        assertEquals(3013, rig.status("f").ledger().delivered());
        assertTrue(rig.status("f").ledger().balanced());
    }

    @Test
    void shouldNotTakeASourceForOneThatHadEndedBeforeTheEngineStopped() throws Exception {
        add("b", 0, Member.ALL);
        sources.add("g/a.0");
        rig.start("g/a.0", "stdout", "seq 1 10", folder).waitFor();
        apply();
        Rig.await("all of the first", () -> rig.status("f").ledger().delivered() == 10);
        rig.phase("g/a.0", AgentPhase.COMPLETED, 1);
        Rig.await("its end", () -> rig.told.contains("ended f 1"));
        rig.stopEngine();
        members.removeFirst();
        add("b", 1, Member.ALL);
        sources.set(0, "g/a.1");
        rig.channel("g/a.1", "stdout");
        try (Pipe holder = rig.pipes.open("g/a.1", "stdout", OptionalLong.empty())) {
            rig.start("g/a.1", "stdout", "seq 1 10", folder).waitFor();
            assertTrue(holder.waiting() > 0);
            // It has started as often as the one that ended.
            rig.agents.put("g/a.1", new GraphNow.Agent(AgentPhase.COMPLETED, 1, false));
            rig.restart(wired());
            Rig.await("all of the second", () -> rig.status("f").ledger().delivered() == 20);
        }
        Rig.await("its end", () -> rig.told.contains("ended f 2"));
    }
}
