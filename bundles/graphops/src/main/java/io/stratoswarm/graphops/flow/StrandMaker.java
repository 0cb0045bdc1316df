package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the strands of a flow from what is kept of them. */
final class StrandMaker {
    /** Records of one plan where their ends have to be noted. */
    private static final int NOTES = 2048;

    /** Of the pipe that a strand takes into. */
    static final String IN = "in";

    private static final long MOST_REFUSED = 16L << 20;

    private final String graph;
    private final Shop shop;
    private final Worker worker;
    private final Durables durables;

    StrandMaker(String graph, Shop shop, Worker worker, Durables durables) {
        this.graph = graph;
        this.shop = shop;
        this.worker = worker;
        this.durables = durables;
    }

    /** Where the refused records of a flow are. */
    static Path refused(Path folder, String flow) {
        return folder.resolve(Shop.part(flow) + ".refused.jsonl");
    }

    /** Where the state of a flow is. */
    static Path state(Path folder, String flow) {
        return folder.resolve(Shop.part(flow));
    }

    /** What a trunk knows a strand by. */
    static String reader(Wired wired, Port source) {
        return wired.spec().id() + " " + source.agent();
    }

    private static String name(Port source) {
        return Shop.part(source.agent().replace('/', '.'));
    }

    private static int notes(Wired wired) {
        return wired.spec().framing() == Framing.LENGTH_PREFIXED ? NOTES : 0;
    }

    private Path state(Wired wired) {
        return state(shop.folderOf(graph), wired.spec().id());
    }

    /**
     * What is counted beside the strands; what is left of sources that are gone is put there. Before {@link #open}.
     *
     * @param known where it was asked for before
     */
    Account account(Wired wired, @Nullable Account known) {
        Account account = known == null ? new Account(state(wired)) : known;
        account.names().add(wired.receivers());
        List<String> names = wired.sources().stream().map(StrandMaker::name).toList();
        new Retired(shop, state(wired), Shop.pipesOf(graph, wired.spec().id()))
                .look(account, names, Framer.of(wired.spec().framing()), notes(wired));
        return account;
    }

    /** Names of the kept pipes that strands of these flows have, or will have when they are opened. */
    static List<String> pipes(GraphNow now) {
        Map<Port, Integer> readers = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (Wired wired : now.flows()) {
            for (Port source : wired.sources()) {
                readers.merge(source, 1, Integer::sum);
                String pipes = Shop.pipesOf(now.graph(), wired.spec().id()) + name(source) + "/";
                names.add(pipes + IN);
                if (wired.plainTo() == null && !wired.durable() && !wired.held()) {
                    wired.receivers().forEach(it -> names.add(Rest.lane(pipes, new Receiver(it).key())));
                }
            }
        }
        readers.forEach((port, count) -> {
            if (count > 1) {
                names.add(Shop.pipesOf(now.graph()) + GraphFlows.trunk(port));
            }
        });
        return names;
    }

    /**
     * Opens strands for the sources that have none.
     *
     * @param there strands of sources that have one
     * @return those of all, in the order of the sources
     */
    List<Strand> open(
            Wired wired,
            Account account,
            Map<Port, Source> sources,
            Map<Port, Receiver> receivers,
            Map<Port, Strand> there) {
        List<Receiver> targets = wired.receivers().stream()
                .map(it -> Objects.requireNonNull(receivers.get(it)))
                .toList();
        Map<Port, Opened> opened = new LinkedHashMap<>();
        // All are connected to their trunks before anything can fail, so that none misses what others take.
        for (Port port : wired.sources()) {
            if (!there.containsKey(port)) {
                opened.put(port, connect(wired, Objects.requireNonNull(sources.get(port)), targets));
            }
        }
        Optional<Strand> one = there.values().stream().findFirst();
        Bucket bucket =
                one.map(it -> it.bucket).orElseGet(() -> new Bucket(wired.spec().rate(), shop.monotonic()));
        RefusedFile refused = one.map(it -> it.refused).orElseGet(() -> refused(wired, opened.values()));
        List<Strand> all = new ArrayList<>();
        List<Strand> fresh = new ArrayList<>();
        try {
            for (Port port : wired.sources()) {
                Strand strand = there.get(port);
                if (strand == null) {
                    Opened its = Objects.requireNonNull(opened.get(port));
                    account.begin(its.cells());
                    strand = strand(wired, its, targets, account, bucket, refused);
                    fresh.add(strand);
                }
                all.add(strand);
            }
        } catch (RuntimeException e) {
            fresh.forEach(Strand::close);
            throw e;
        }
        return all;
    }

    private RefusedFile refused(Wired wired, Collection<Opened> opened) {
        Path file = refused(shop.folderOf(graph), wired.spec().id());
        RefusedFile refused = new RefusedFile(file, MOST_REFUSED, shop.clock());
        resume(refused, opened);
        return refused;
    }

    private record Opened(String name, Cells cells, Feed feed, Source source) {}

    private Opened connect(Wired wired, Source source, List<Receiver> targets) {
        String name = name(source.port());
        int count = targets.size();
        Cells cells = open(wired, name, count);
        // Places of those that are gone may be free again, but there is one for each even if they are not.
        int needed = Arrays.stream(Slots.find(cells, targets)).max().orElse(0) + 1;
        if (Words.OUTLETS + Words.OUTLET * needed > cells.size() || notes(wired) * needed > cells.notes()) {
            cells = open(wired, name, needed);
        }
        Feed feed = source.feed(reader(wired, source.port()), cells, () -> worker.again(source.readers()));
        return new Opened(name, cells, feed, source);
    }

    private Cells open(Wired wired, String name, int slots) {
        return Cells.open(
                state(wired).resolve(name + Retired.ENDING),
                Words.OUTLETS + Words.OUTLET * slots,
                notes(wired) * slots);
    }

    private static void resume(RefusedFile refused, Collection<Opened> opened) {
        long number = 0;
        long length = 0;
        for (Opened one : opened) {
            long its = one.cells().get(Words.REFUSED_FILE);
            if (its > number) {
                number = its;
                length = 0;
            }
            if (its == number) {
                length = Math.max(length, one.cells().get(Words.REFUSED_LENGTH));
            }
        }
        refused.resume(number, length);
    }

    private Strand strand(
            Wired wired, Opened one, List<Receiver> targets, Account account, Bucket bucket, RefusedFile refused) {
        Framer framer = Framer.of(wired.spec().framing());
        String pipes = Shop.pipesOf(graph, wired.spec().id()) + one.name() + "/";
        Cells cells = one.cells();
        new Rest(shop, cells, pipes, framer, notes(wired))
                .dropReceivers(one.name(), key -> targets.stream().noneMatch(it -> it.key() == key), account);
        int[] slots = Slots.find(cells, targets);
        Slots.mark(cells, slots, targets);
        Store in = new Store(shop.pipes(), pipes + IN, cells, Words.IN, shop.scratch());
        List<Outlet> outlets = new ArrayList<>();
        int plain = plain(wired, cells, slots);
        boolean lanes = false;
        for (int at : Slots.all(cells)) {
            lanes |= Slots.laneLeft(cells, at);
        }
        boolean durable = wired.durable() && plain < 0 && !lanes;
        for (int i = 0; i < targets.size() && !durable; i++) {
            int at = Words.OUTLETS + Words.OUTLET * slots[i];
            if (plain >= 0 && plain != i) {
                continue;
            }
            Store store = plain >= 0
                    ? in
                    : new Store(
                            shop.pipes(),
                            Rest.lane(pipes, targets.get(i).key()),
                            cells,
                            at + Words.STORE,
                            shop.scratch());
            int notes = notes(wired);
            outlets.add(new Outlet(
                    cells, at, notes * slots[i], notes, store, plain < 0, framer, targets.get(i), shop.buffer()));
        }
        StrandParts parts =
                new StrandParts(wired.spec(), cells, in, framer, outlets, bucket, refused, shop.buffer(), one.feed());
        Strand strand = plain >= 0 ? new PlainStrand(parts) : staged(wired, one, parts, durable);
        strand.recover(shop.boot());
        if (durable) {
            String source = one.source().port().toString();
            strand.catchUp(QueueStage.known(wired.spec(), source, durables.queues(wired)));
        }
        strand.hold(wired.held());
        strand.pause(wired.held());
        return strand;
    }

    /**
     * The receiver that bytes go to without a lane; -1 for none. What an earlier strand left decides, and the declaration where it
     * left nothing: bytes that are planned must go on from where they lie.
     */
    private static int plain(Wired wired, Cells cells, int[] slots) {
        boolean lanes = false;
        for (int i = 0; i < slots.length; i++) {
            int at = Words.OUTLETS + Words.OUTLET * slots[i];
            if (Slots.plainLeft(cells, at)) {
                return i;
            }
            lanes |= Slots.laneLeft(cells, at);
        }
        Port to = wired.plainTo();
        return lanes || to == null ? -1 : wired.receivers().indexOf(to);
    }

    private Strand staged(Wired wired, Opened one, StrandParts parts, boolean durable) {
        Router router = Router.of(wired.spec(), wired.targets());
        Staging stage = durable
                ? new QueueStage(
                        wired.spec(),
                        one.source().port().toString(),
                        shop.deliveries().store(),
                        durables.queues(wired),
                        parts.framer(),
                        router,
                        parts.cells(),
                        shop.deliveries().problems(),
                        shop.monotonic())
                : new Stage(parts.outlets(), parts.framer(), router, parts.buffer());
        Strand[] self = new Strand[1];
        Strand strand = new StagedStrand(
                parts,
                shop.steps().chain(wired.spec()),
                stage,
                () -> worker.againFromAnywhere(Objects.requireNonNull(self[0])));
        self[0] = strand;
        return strand;
    }

    Durables durables() {
        return durables;
    }

    FlowLedger ledger(List<Strand> strands, Account account, Wired wired) {
        return Ledgers.of(strands, account, wired, durables);
    }
}
