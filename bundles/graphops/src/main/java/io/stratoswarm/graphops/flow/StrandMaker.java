package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.FlowLedger;
import io.stratoswarm.api.graph.FlowSpec.Framing;
import io.stratoswarm.graphops.flow.queue.DurableQueue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Makes the strands of a flow from what is kept of them. */
final class StrandMaker {
    /** Records of one plan where their ends have to be noted. */
    private static final int NOTES = 2048;

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

    void open(Wired wired, Map<Port, Source> sources, Map<Port, Receiver> receivers, List<Strand> into) {
        List<Receiver> targets = wired.receivers().stream()
                .map(it -> Objects.requireNonNull(receivers.get(it)))
                .toList();
        Bucket bucket = new Bucket(wired.spec().rate(), shop.monotonic());
        Path folder = shop.folderOf(graph);
        RefusedFile refused = new RefusedFile(refused(folder, wired.spec().id()), MOST_REFUSED, shop.clock());
        List<Opened> opened = new ArrayList<>();
        // All are connected to their trunks before anything can fail, so that none misses what others take.
        for (Port port : wired.sources()) {
            opened.add(connect(wired, Objects.requireNonNull(sources.get(port)), targets, folder));
        }
        resume(refused, opened);
        try {
            for (Opened one : opened) {
                into.add(strand(wired, one, targets, bucket, refused));
            }
        } catch (RuntimeException e) {
            into.forEach(Strand::close);
            into.clear();
            throw e;
        }
    }

    private record Opened(String name, Cells cells, Feed feed, Source source, int[] slots) {}

    private Opened connect(Wired wired, Source source, List<Receiver> targets, Path folder) {
        String name = Shop.part(source.port().agent().replace('/', '.'));
        Path file = state(folder, wired.spec().id()).resolve(name + ".cells");
        int notes = wired.spec().framing() == Framing.LENGTH_PREFIXED ? NOTES : 0;
        Cells cells = Cells.open(file, Words.OUTLETS + Words.OUTLET * targets.size(), notes * targets.size());
        int[] slots = Slots.find(cells, targets);
        int needed = java.util.Arrays.stream(slots).max().orElse(0) + 1;
        if (Words.OUTLETS + Words.OUTLET * needed > cells.size() || notes * needed > cells.notes()) {
            cells = Cells.open(file, Words.OUTLETS + Words.OUTLET * needed, notes * needed);
        }
        Slots.mark(cells, slots, targets);
        Feed feed = source.feed(reader(wired, source.port()), cells, () -> worker.again(source.readers()));
        return new Opened(name, cells, feed, source, slots);
    }

    private static void resume(RefusedFile refused, List<Opened> opened) {
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

    private Strand strand(Wired wired, Opened one, List<Receiver> targets, Bucket bucket, RefusedFile refused) {
        boolean plain = wired.plain();
        Framer framer = Framer.of(wired.spec().framing());
        String pipes = Shop.pipesOf(graph, wired.spec().id()) + one.name() + "/";
        Cells cells = one.cells();
        Store in = new Store(shop.pipes(), pipes + "in", cells, Words.IN, shop.scratch());
        List<Outlet> outlets = new ArrayList<>();
        int notes = framer.selfEvident() ? 0 : NOTES;
        for (int i = 0; i < targets.size() && !wired.durable(); i++) {
            int at = Words.OUTLETS + Words.OUTLET * one.slots()[i];
            Store store = plain
                    ? in
                    : new Store(
                            shop.pipes(),
                            pipes + "to." + Long.toHexString(targets.get(i).key()),
                            cells,
                            at + Words.STORE,
                            shop.scratch());
            outlets.add(new Outlet(
                    cells, at, notes * one.slots()[i], notes, store, !plain, framer, targets.get(i), shop.buffer()));
        }
        StrandParts parts =
                new StrandParts(wired.spec(), cells, in, framer, outlets, bucket, refused, shop.buffer(), one.feed());
        Strand strand;
        if (wired.durable()) {
            return durable(wired, one, parts, targets);
        }
        if (plain) {
            strand = new PlainStrand(parts);
        } else {
            Strand[] self = new Strand[1];
            strand = new StagedStrand(
                    parts,
                    shop.steps().chain(wired.spec()),
                    Router.of(wired.spec(), targets, wired.ends()),
                    () -> worker.againFromAnywhere(Objects.requireNonNull(self[0])));
            self[0] = strand;
        }
        strand.recover(shop.boot());
        Slots.dropOthers(cells, in, one.slots(), pipes, shop);
        return strand;
    }

    private Strand durable(Wired wired, Opened one, StrandParts parts, List<Receiver> targets) {
        String source = one.source().port().toString();
        List<DurableQueue> queues = durables.queues(wired);
        QueueStage stage = new QueueStage(
                wired.spec(),
                source,
                shop.deliveries().store(),
                queues,
                parts.framer(),
                Router.of(wired.spec(), targets, wired.ends()),
                parts.cells(),
                shop.deliveries().problems(),
                shop.monotonic());
        Strand[] self = new Strand[1];
        Strand strand = new StagedStrand(
                parts,
                shop.steps().chain(wired.spec()),
                stage,
                () -> worker.againFromAnywhere(Objects.requireNonNull(self[0])));
        self[0] = strand;
        strand.recover(shop.boot());
        strand.catchUp(QueueStage.known(wired.spec(), source, queues));
        return strand;
    }

    Durables durables() {
        return durables;
    }

    FlowLedger ledger(List<Strand> strands, Wired wired) {
        return Ledgers.of(strands, wired, durables);
    }
}
