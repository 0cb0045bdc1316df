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
import io.stratoswarm.api.graph.FlowSpec.Rate;
import io.stratoswarm.api.graph.FlowSpec.Routing;
import io.stratoswarm.api.graph.Graphs.Member;
import io.stratoswarm.graphops.flow.queue.Deliveries;
import io.stratoswarm.graphops.flow.queue.InMemoryQueues;
import io.stratoswarm.graphops.flow.queue.Problems;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Members come, share, drain and go, flows are held and changed, while records flow and the process is cut off at random operations.
 * Each record must reach one receiver, once and in order, and all counts must hold, also of those that are gone.
 */
class ChangeKillProperties {
    enum Kind {
        ROUND_ROBIN,
        LEAST_LOADED,
        BY_KEY,
        /** One receiver after the other, so that bytes go the short way at times. */
        COPY_OF_ONE_SLOT
    }

    @Property(tries = 200)
    void shouldLoseAndDoubleNothing(@ForAll long seed, @ForAll Kind kind) throws IOException {
        new History(seed, kind).run();
    }

    /** An agent with what it wrote or read. */
    private static final class Agent {
        final String id;
        final ByteArrayOutputStream seen = new ByteArrayOutputStream();
        int number;
        int given;
        byte[] rest = new byte[0];
        AgentPhase phase = AgentPhase.READY;

        Agent(String id) {
            this.id = id;
        }
    }

    private static final class History {
        /** Members at once. */
        private static final int MOST = 4;

        private final Random random;
        private final Kind kind;
        private final boolean beside;
        private final Path folder;
        private final MemoryPipes pipes;
        private final Map<String, Agent> agents = new LinkedHashMap<>();
        private final List<Member> sources = new ArrayList<>();
        private final List<Member> members = new ArrayList<>();
        private final Set<String> ended = new HashSet<>();
        private final Map<String, Integer> written = new TreeMap<>();
        private boolean held;
        private double rate = 1e9;
        private long nanos;
        private Worker worker;
        private GraphNow now;

        History(long seed, Kind kind) throws IOException {
            random = new Random(seed);
            this.kind = kind;
            this.beside = random.nextInt(3) == 0;
            pipes = new MemoryPipes(16 + random.nextInt(20));
            folder = Files.createTempDirectory("changes");
            sources.add(Member.of(0, agent("g/a.0")));
            members.add(Member.of(0, agent("g/b.0")));
            agent("g/d.0");
            now = declared();
            worker = worker();
        }

        private String agent(String id) {
            agents.computeIfAbsent(id, Agent::new).phase = AgentPhase.READY;
            return id;
        }

        private Agent known(String id) {
            return java.util.Objects.requireNonNull(agents.get(id));
        }

        private final class Told implements Notices {
            @Override
            public void started(String graph, String flow, long count) {}

            @Override
            public void ended(String graph, String flow, long count, String reason, FlowLedger ledger) {}

            @Override
            public void endInput(String agent, long incarnation, String channel, Runnable failed) {
                ended.add(agent);
            }
        }

        private Worker worker() {
            Worker opened = new Worker(any -> new Shop(
                    pipes,
                    pipes.scratch(),
                    new Buffer(),
                    folder,
                    1,
                    InstantSource.system(),
                    () -> nanos,
                    new Told(),
                    new StepMaker(() -> null),
                    new Deliveries(pipes, new InMemoryQueues(), folder, new Problems(() -> 0), () -> 0)));
            opened.graph("g").apply(now);
            return opened;
        }

        private GraphNow declared() {
            List<Wired> flows = new ArrayList<>();
            Routing routing = switch (kind) {
                case ROUND_ROBIN -> new Routing.RoundRobin();
                case LEAST_LOADED -> new Routing.LeastLoaded();
                case BY_KEY -> new Routing.KeyHash("k");
                case COPY_OF_ONE_SLOT -> new Routing.Copy();
            };
            flows.add(wired("f", routing, "b", members, held));
            if (beside) {
                flows.add(wired("g", new Routing.Copy(), "d", List.of(Member.of(0, "g/d.0")), false));
            }
            Map<String, GraphNow.Agent> phases = new HashMap<>();
            agents.forEach((id, agent) -> phases.put(id, new GraphNow.Agent(agent.phase, 1, false)));
            return new GraphNow("g", flows, phases);
        }

        private Wired wired(String id, Routing routing, String to, List<Member> receivers, boolean held) {
            FlowSpec spec = Rig.flow(
                    id,
                    "a",
                    List.of(to),
                    Framing.LINES,
                    routing,
                    Optional.of(new Rate(false, rate, OptionalLong.empty())),
                    2_000);
            return new Wired(
                    spec,
                    sources.stream()
                            .map(it -> new Port(it.agent(), "stdout", false))
                            .toList(),
                    receivers.stream()
                            .map(it -> Target.of(new Port(it.agent(), "stdin", false), new End(to, "stdin"), it))
                            .toList(),
                    held);
        }

        void run() throws IOException {
            int rounds = 100 + random.nextInt(300);
            for (int i = 0; i < rounds; i++) {
                write();
                stepOrDie(false);
                read();
                if (random.nextInt(6) == 0) {
                    change();
                    stepOrDie(true);
                }
            }
            held = false;
            if (open().isEmpty()) {
                members.set(0, members.getFirst().withShare(Member.ALL));
                open().forEach(it -> ended.remove(it.agent()));
            }
            closeRest();
            stepOrDie(true);
            for (int idle = 0; idle < 40; idle++) {
                pipes.live();
                agents.values().forEach(this::writeRest);
                nanos += 1_000_000_000L;
                worker.step(0);
                idle = read() ? 0 : idle;
            }
            check();
        }

        /** At the end somebody takes all, so that nothing has to wait. */
        private void closeRest() {
            for (int i = 0; i < members.size(); i++) {
                if (members.get(i).share() > 0) {
                    members.set(i, members.get(i).withShare(Member.ALL));
                }
            }
        }

        private List<Member> open() {
            return members.stream().filter(it -> it.share() > 0).toList();
        }

        private void write() {
            for (Member source : sources) {
                Agent agent = known(source.agent());
                if (agent.phase != AgentPhase.READY || random.nextBoolean()) {
                    continue;
                }
                if (agent.rest.length == 0) {
                    StringBuilder text = new StringBuilder();
                    for (int i = random.nextInt(12); i >= 0; i--) {
                        int n = written.merge(agent.id, 1, Integer::sum);
                        text.append("{\"a\":\"" + agent.id + "\",\"n\":" + n + ",\"k\":" + random.nextInt(9)
                                + ",\"x\":\"" + "y".repeat(random.nextInt(40)) + "\"}\n");
                    }
                    agent.rest = text.toString().getBytes(StandardCharsets.US_ASCII);
                }
                pipes.live();
                put(agent, 1 + random.nextInt(agent.rest.length));
            }
        }

        private void writeRest(Agent agent) {
            if (agent.rest.length > 0) {
                put(agent, agent.rest.length);
            }
        }

        private void put(Agent agent, int most) {
            Pipe pipe = pipes.open(agent.id, "stdout", OptionalLong.empty());
            int put = (int) pipe.write(MemorySegment.ofArray(Arrays.copyOf(agent.rest, most)));
            agent.rest = Arrays.copyOfRange(agent.rest, put, agent.rest.length);
        }

        private boolean read() throws IOException {
            boolean any = false;
            for (Agent agent : agents.values()) {
                byte[] out = pipes.drain("agent/" + agent.id + "/stdin", random.nextInt(400));
                any |= out.length > 0;
                agent.seen.write(out);
            }
            return any;
        }

        private void change() {
            switch (random.nextInt(9)) {
                case 0 -> held = !held;
                case 1, 2 -> addMember();
                case 3, 4 -> share();
                case 5 -> drain();
                case 6 -> removeDrained();
                case 7 -> moveSource();
                default -> rate = 1e9 + random.nextInt(3);
            }
        }

        private int freeNumber(List<Member> all) {
            int number = 0;
            while (true) {
                int candidate = number;
                if (all.stream().noneMatch(it -> it.number() == candidate)) {
                    return number;
                }
                number++;
            }
        }

        private void addMember() {
            if (members.size() < MOST) {
                int number = freeNumber(members);
                int slot = kind == Kind.COPY_OF_ONE_SLOT ? 0 : random.nextInt(2);
                members.add(new Member(number, agent("g/b." + number), slot, false, someShare(), false));
            }
        }

        private int someShare() {
            return List.of(0, 50, 500, Member.ALL).get(random.nextInt(4));
        }

        private void share() {
            for (int i = 0; i < members.size(); i++) {
                if (!members.get(i).draining() && random.nextBoolean()) {
                    members.set(i, members.get(i).withShare(someShare()));
                }
            }
        }

        private void drain() {
            int which = random.nextInt(members.size());
            if (members.size() > 1) {
                members.set(which, members.get(which).drained());
            }
        }

        /** As a controller does: once the end of its input was told and it has read to the end. */
        private void removeDrained() {
            for (Member member : List.copyOf(members)) {
                if (member.draining()
                        && ended.contains(member.agent())
                        && waiting(member.agent(), false) == 0
                        && members.size() > 1) {
                    members.remove(member);
                    ended.remove(member.agent());
                }
            }
        }

        private long waiting(String agent, boolean out) {
            pipes.live();
            return worker.graph("g").waiting().stream()
                    .filter(it -> it.agent().equals(agent) && it.out() == out)
                    .mapToLong(it -> it.unread() + it.onTheWay())
                    .sum();
        }

        /** Another one comes, or one completes, or one that has completed and is read out goes. */
        private void moveSource() {
            if (sources.size() < 3 && random.nextBoolean()) {
                int number = freeNumber(sources);
                sources.add(Member.of(number, agent("g/a." + number)));
                return;
            }
            Member one = sources.get(random.nextInt(sources.size()));
            Agent agent = known(one.agent());
            if (sources.size() == 1) {
                return;
            }
            if (agent.phase == AgentPhase.READY && agent.rest.length == 0) {
                agent.phase = AgentPhase.COMPLETED;
            } else if (agent.phase == AgentPhase.COMPLETED && waiting(agent.id, true) == 0) {
                sources.remove(one);
            }
        }

        private void stepOrDie(boolean apply) {
            nanos += random.nextInt(300_000_000);
            if (apply) {
                now = declared();
            }
            if (random.nextInt(3) == 0) {
                pipes.killAfter(random.nextInt(40), random.nextBoolean());
            } else {
                pipes.live();
            }
            try {
                if (apply) {
                    worker.graph("g").apply(now);
                }
                for (int i = random.nextInt(3); i >= 0; i--) {
                    worker.step(0);
                }
            } catch (MemoryPipes.Killed killed) {
                reopen();
            }
            pipes.live();
            FlowLedger ledger = worker.graph("g").flows().getFirst().ledger();
            assertTrue(ledger.balanced(), ledger.toString());
        }

        private void reopen() {
            while (true) {
                pipes.live();
                if (random.nextInt(3) == 0) {
                    pipes.killAfter(random.nextInt(12), random.nextBoolean());
                }
                try {
                    worker = worker();
                    return;
                } catch (MemoryPipes.Killed again) {
                    // Once more.
                }
            }
        }

        private void check() {
            GraphFlows graph = worker.graph("g");
            FlowLedger ledger = graph.flows().getFirst().ledger();
            graph.explain();
            String what = graph.flows().getFirst().reason() + " " + members + " " + graph.waiting() + " " + ledger;
            Map<String, List<Integer>> got = new TreeMap<>();
            long delivered = 0;
            for (Agent agent : agents.values()) {
                if (!agent.id.startsWith("g/b")) {
                    continue;
                }
                Map<String, Integer> last = new HashMap<>();
                for (String line :
                        agent.seen.toString(StandardCharsets.US_ASCII).lines().toList()) {
                    assertTrue(line.startsWith("{\"a\":\"") && line.endsWith("\"}"), "a part of a record: " + line);
                    String from = line.substring(6, line.indexOf("\",\"n\""));
                    int n = Integer.parseInt(line.substring(line.indexOf("\"n\":") + 4, line.indexOf(",\"k\"")));
                    got.computeIfAbsent(from, any -> new ArrayList<>()).add(n);
                    assertTrue(last.getOrDefault(from, 0) < n, agent.id + " out of order at " + line);
                    last.put(from, n);
                    delivered++;
                }
            }
            written.forEach((source, count) -> {
                List<Integer> its =
                        got.getOrDefault(source, List.of()).stream().sorted().toList();
                List<Integer> wanted =
                        java.util.stream.IntStream.rangeClosed(1, count).boxed().toList();
                assertEquals(wanted, its, "from " + source + " " + what);
            });
            long read = written.values().stream().mapToLong(it -> it).sum();
            assertTrue(ledger.balanced(), what);
            assertEquals(
                    List.of(read, read, delivered, 0L, 0L, 0L),
                    List.of(
                            ledger.read(),
                            ledger.passed(),
                            ledger.delivered(),
                            ledger.dropped(),
                            ledger.lostBytes(),
                            ledger.inFlight()),
                    what);
            for (FlowLedger.Receiver receiver : ledger.receivers()) {
                Agent agent = known(receiver.agent());
                long lines =
                        agent.seen.toString(StandardCharsets.US_ASCII).lines().count();
                assertEquals(lines, receiver.delivered(), receiver.toString());
            }
            for (Waiting one : graph.waiting()) {
                assertEquals(0, one.unread() + one.onTheWay(), one.toString());
            }
            if (beside) {
                assertEquals(
                        read,
                        known("g/d.0")
                                .seen
                                .toString(StandardCharsets.US_ASCII)
                                .lines()
                                .count());
            }
            Set<String> strands = new HashSet<>();
            pipes.names("flow/g/f/").forEach(it -> strands.add(it.split("/")[3]));
            assertEquals(sources.size(), strands.size(), "pipes of sources that are gone: " + strands);
        }
    }
}
