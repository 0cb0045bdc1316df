package io.stratoswarm.benchmarks;

import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Durable appends of 256-byte events by 16 writers with 256 in flight each, beside a bare LMDB loop and SQLite in equal
 * batches; then the latency of one writer beside two raw fdatasyncs. Rounds alternate, so that noise meets all alike.
 */
final class Appends {
    private static final int WRITERS = 16;
    private static final int IN_FLIGHT = 256;
    private static final int PAYLOAD_BYTES = 256;

    private Appends() {}

    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4;
        Folders folders = Folders.create();
        try (Journals.Opened opened = Journals.open(folders.make("journal"))) {
            throughput(opened, folders, rounds, seconds);
            latency(opened.journal(), folders.make("raw"), rounds);
        } finally {
            folders.remove();
        }
    }

    private static void throughput(Journals.Opened opened, Folders folders, int rounds, int seconds) throws Exception {
        Journal journal = opened.journal();
        appendFor(journal, seconds);
        long size = journal.size();
        long commits = opened.commits();
        double[] ours = new double[rounds];
        ours[0] = appendFor(journal, seconds);
        int batch = (int) Math.max(1, (journal.size() - size) / Math.max(1, opened.commits() - commits));
        int frameBytes = opened.frameBytes();
        System.out.printf(
                "events of %d bytes are stored in %d; the journal commits %d at a time%n",
                PAYLOAD_BYTES, frameBytes, batch);
        List<Peer> peers =
                List.of(new BareLmdb(folders.make("lmdb"), frameBytes), new Sqlite(folders.make("sqlite"), frameBytes));
        double[][] theirs = new double[peers.size()][rounds];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < peers.size(); i++) {
                theirs[i][round] = writeFor(peers.get(i), batch, seconds);
            }
            if (round > 0) {
                ours[round] = appendFor(journal, seconds);
            }
        }
        System.out.printf("%-28s%12.0f events/s%n", "journal", median(ours));
        for (int i = 0; i < peers.size(); i++) {
            double[] ratios = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                ratios[round] = ours[round] / theirs[i][round];
            }
            System.out.printf(
                    "%-28s%12.0f events/s   journal / it: %.2f%n",
                    peers.get(i).name(), median(theirs[i]), median(ratios));
            peers.get(i).close();
        }
    }

    static double appendFor(Journal journal, int seconds) throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong acknowledged = new AtomicLong();
        List<Thread> writers = new ArrayList<>();
        long began = System.nanoTime();
        for (int i = 0; i < WRITERS; i++) {
            int number = i;
            writers.add(Thread.ofPlatform().start(() -> keepAppending(journal, number, stop, acknowledged)));
        }
        TimeUnit.SECONDS.sleep(seconds);
        stop.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        return acknowledged.get() / ((System.nanoTime() - began) / 1e9);
    }

    private static void keepAppending(Journal journal, int number, AtomicBoolean stop, AtomicLong acknowledged) {
        EventDraft draft = draft(number);
        Semaphore room = new Semaphore(IN_FLIGHT);
        while (!stop.get()) {
            room.acquireUninterruptibly();
            journal.append(Append.of(draft)).whenComplete((receipt, failure) -> {
                if (failure == null) {
                    acknowledged.incrementAndGet();
                }
                room.release();
            });
        }
        room.acquireUninterruptibly(IN_FLIGHT);
    }

    static EventDraft draft(int number) {
        byte[] payload = new byte[PAYLOAD_BYTES];
        new SplittableRandom(number).nextBytes(payload);
        return new EventDraft(
                "BenchmarkRecorded",
                1,
                "benchmarks",
                "writer/" + number,
                "system",
                List.of(),
                "application/octet-stream",
                payload);
    }

    private static double writeFor(Peer peer, int batch, int seconds) {
        long began = System.nanoTime();
        long end = began + TimeUnit.SECONDS.toNanos(seconds);
        long written = 0;
        while (System.nanoTime() < end) {
            peer.write(batch);
            written += batch;
        }
        return written / ((System.nanoTime() - began) / 1e9);
    }

    private static void latency(Journal journal, Path folder, int rounds) throws Exception {
        int times = 1000;
        double[] ratios = new double[rounds];
        double[] ours = new double[rounds];
        double[] raw = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            ours[round] = appendOneByOne(journal, times);
            raw[round] = syncTwice(folder, times);
            ratios[round] = ours[round] / raw[round];
        }
        System.out.printf(
                "one writer, p50: %.0f us; two raw fdatasyncs, p50: %.0f us; ratio %.2f%n",
                median(ours), median(raw), median(ratios));
    }

    private static double appendOneByOne(Journal journal, int times) throws Exception {
        EventDraft draft = draft(99);
        double[] micros = new double[times];
        for (int i = 0; i < times; i++) {
            long began = System.nanoTime();
            journal.append(Append.of(draft)).get(10, TimeUnit.SECONDS);
            micros[i] = (System.nanoTime() - began) / 1e3;
        }
        return median(micros);
    }

    private static double syncTwice(Path folder, int times) throws IOException {
        double[] micros = new double[times];
        ByteBuffer page = ByteBuffer.allocateDirect(4096);
        try (FileChannel file =
                FileChannel.open(folder.resolve("raw"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int i = 0; i < times; i++) {
                long began = System.nanoTime();
                for (int sync = 0; sync < 2; sync++) {
                    file.write(page.clear(), (2L * i + sync) * 4096);
                    file.force(false);
                }
                micros[i] = (System.nanoTime() - began) / 1e3;
            }
        }
        return median(micros);
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
