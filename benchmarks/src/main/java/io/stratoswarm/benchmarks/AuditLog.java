package io.stratoswarm.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.api.log.LogFolders;
import io.stratoswarm.api.log.LogVerifier;
import io.stratoswarm.api.log.TransparencyLog;
import io.stratoswarm.audit.publish.Folders;
import io.stratoswarm.audit.publish.LogSettings;
import io.stratoswarm.audit.publish.PublishedLog;
import io.stratoswarm.audit.verify.FolderVerifier;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The audit log. First appends with it on beside appends without it, in turn: a checkpoint is signed each second, and every tile and
 * bundle of entries is made once. Then a folder of the log is written and verified on one thread, beside SHA-256 over the same bytes.
 */
final class AuditLog {
    private static final int ROUNDS = 5;
    private static final int SECONDS = 4;
    private static final int WIDTH = 256;

    private AuditLog() {}

    public static void main(String[] arguments) throws Exception {
        int events = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        io.stratoswarm.benchmarks.Folders folders = io.stratoswarm.benchmarks.Folders.create();
        try {
            if (arguments.length < 2) {
                appends(folders);
            }
            verify(folders, events);
        } finally {
            folders.remove();
        }
    }

    private static PublishedLog log(Path data, Journals.Opened opened) {
        return new PublishedLog(
                data, opened.log(), opened.log(), LogSettings.DEFAULT, InstantSource.system(), new SecureRandom());
    }

    private static void appends(io.stratoswarm.benchmarks.Folders folders) throws Exception {
        Path data = folders.make("appends");
        try (Journals.Opened opened = Journals.open(data)) {
            PublishedLog log = log(data, opened);
            Appends.appendFor(opened.journal(), SECONDS);
            double[] without = new double[ROUNDS];
            double[] with = new double[ROUNDS];
            double[] ratios = new double[ROUNDS];
            long tiles = 0;
            for (int round = 0; round < ROUNDS; round++) {
                without[round] = Appends.appendFor(opened.journal(), SECONDS);
                Reader reader = new Reader(log, opened.journal().size());
                Thread thread = Thread.ofPlatform().start(reader);
                with[round] = Appends.appendFor(opened.journal(), SECONDS);
                reader.stop.set(true);
                thread.join();
                tiles += reader.tiles.get();
                ratios[round] = with[round] / without[round];
            }
            System.out.printf(
                    "appends without log %.0f/s; signed each second, %d tiles and bundles made: %.0f/s; ratio %.2f, median of %s%n",
                    Appends.median(without), tiles, Appends.median(with), Appends.median(ratios), rounded(ratios));
            proofs(opened.journal());
        }
    }

    private static List<String> rounded(double[] values) {
        List<String> out = new ArrayList<>();
        for (double value : values) {
            out.add(String.format("%.2f", value));
        }
        return out;
    }

    /** An append that was acknowledged has its proof: it is in the tree of the receipt. */
    private static void proofs(Journal journal) throws Exception {
        int times = 2_000;
        double[] micros = new double[times];
        for (int i = 0; i < times; i++) {
            Receipt receipt = journal.append(Append.of(Appends.draft(i))).get(10, TimeUnit.SECONDS);
            long began = System.nanoTime();
            journal.proveInclusion(receipt.firstSequence(), receipt.treeSize());
            micros[i] = (System.nanoTime() - began) / 1e3;
        }
        System.out.printf("proof of an event that was just acknowledged: p50 %.0f us%n", Appends.median(micros));
    }

    /** Signs each second and reads what a publisher would: each full tile of hashes and of entries, once. */
    private static final class Reader implements Runnable {
        private final TransparencyLog log;
        private final AtomicBoolean stop = new AtomicBoolean();
        private final AtomicLong tiles = new AtomicLong();
        private long next;

        Reader(TransparencyLog log, long from) {
            this.log = log;
            this.next = from / WIDTH;
        }

        @Override
        public void run() {
            long signed = System.nanoTime();
            while (!stop.get()) {
                if (System.nanoTime() - signed > TimeUnit.SECONDS.toNanos(1)) {
                    log.sign();
                    signed = System.nanoTime();
                    long size = log.status().size();
                    for (; (next + 1) * WIDTH <= size && !stop.get(); next++) {
                        if (log.get("tile/0/" + digits(next)).isPresent()
                                && log.get("tile/entries/" + digits(next)).isPresent()) {
                            tiles.addAndGet(2);
                        }
                    }
                }
                Thread.onSpinWait();
                try {
                    TimeUnit.MILLISECONDS.sleep(5);
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        private static String digits(long index) {
            String text = String.format("%09d", index);
            return index >= 1_000_000
                    ? "x" + text.substring(0, 3) + "/x" + text.substring(3, 6) + "/" + text.substring(6)
                    : index >= 1_000 ? "x" + text.substring(3, 6) + "/" + text.substring(6) : text.substring(6);
        }
    }

    private static void verify(io.stratoswarm.benchmarks.Folders folders, int events) throws Exception {
        Path data = folders.make("verify");
        Path published = folders.root().resolve("published");
        String key;
        try (Journals.Opened opened = Journals.open(data)) {
            PublishedLog log = log(data, opened);
            fill(opened.journal(), events);
            log.sign();
            LogFolders.Source source = path -> log.get(path).map(TransparencyLog.Resource::bytes);
            long began = System.nanoTime();
            LogFolders.Published done = new Folders().publish(source, published);
            double seconds = (System.nanoTime() - began) / 1e9;
            System.out.printf(
                    "published %d events, %d files, %.1f s, %.0f events/s%n",
                    done.size(), done.written(), seconds, done.size() / seconds);
            key = log.status().keys().getFirst().verifierKey();
        }
        compare(published, key);
    }

    /** The verifier beside SHA-256 alone, over the same files and over the same bytes in memory, by processor time, in turn. */
    private static void compare(Path published, String key) throws Exception {
        List<Path> files = files(published);
        double[] rates = new double[ROUNDS];
        double[] cores = new double[ROUNDS];
        double[] read = new double[ROUNDS];
        double[] inMemory = new double[ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
            double[] bare = hash(files);
            long began = System.nanoTime();
            double cpu = cpuSeconds();
            LogVerifier.Report report = new FolderVerifier()
                    .verify(new LogVerifier.Request(published, List.of(key), List.of(), List.of(), 1));
            double used = cpuSeconds() - cpu;
            double wall = (System.nanoTime() - began) / 1e9;
            if (!report.ok()) {
                throw new IllegalStateException(report.problems().toString());
            }
            if (round >= 0) {
                rates[round] = report.size() / wall;
                cores[round] = report.size() / used;
                read[round] = bare[0] / used;
                inMemory[round] = bare[1] / used;
            }
        }
        System.out.printf(
                "verified on one thread: %.0f events/s, %.0f a core-second%n",
                Appends.median(rates), Appends.median(cores));
        System.out.printf(
                "processor time of reading the same files and SHA-256 over them / ours: %.2f, median of %s%n",
                Appends.median(read), rounded(read));
        System.out.printf(
                "processor time of SHA-256 over the same bytes in memory, as one text / ours: %.2f, median of %s%n",
                Appends.median(inMemory), rounded(inMemory));
    }

    private static double cpuSeconds() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1e9;
    }

    private static void fill(Journal journal, int events) {
        int batch = 1_000;
        List<CompletableFuture<Receipt>> waiting = new ArrayList<>();
        for (int at = 0; at < events; at += batch) {
            List<EventDraft> drafts = new ArrayList<>(batch);
            for (int i = 0; i < batch; i++) {
                drafts.add(Appends.draft(at + i));
            }
            waiting.add(journal.append(Append.of(drafts)));
            if (waiting.size() == 16) {
                waiting.forEach(CompletableFuture::join);
                waiting.clear();
            }
        }
        waiting.forEach(CompletableFuture::join);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("tile"))) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    /** Processor time of SHA-256 over all files as one text: with their reading, and without. */
    private static double[] hash(List<Path> files) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        double hashing = 0;
        double began = cpuSeconds();
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            sha256.update(bytes);
            hashing += (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1e9;
        }
        sha256.digest();
        return new double[] {cpuSeconds() - began, hashing};
    }
}
