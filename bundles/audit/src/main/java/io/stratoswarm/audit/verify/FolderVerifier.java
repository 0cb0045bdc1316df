package io.stratoswarm.audit.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stratoswarm.api.log.LogVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Verifies a published folder: every entry, every tile, the root, the signatures, and that earlier checkpoints are extended. */
public final class FolderVerifier implements LogVerifier {
    private static final int MOST_PROBLEMS = 1_000;
    private static final String CHECKPOINT = "checkpoint";
    private static final String COSIGNED = "cosigned";

    @Override
    public Report verify(Request request) {
        try {
            return new Run(request).run();
        } catch (IOException e) {
            return new Report(
                    false,
                    "",
                    0,
                    "",
                    List.of(),
                    List.of("cannot read " + request.folder() + ": " + e),
                    List.of(),
                    List.of());
        }
    }

    /** One verification. */
    private static final class Run {
        private final Request request;
        private final Layout layout;
        private final List<String> notes = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private final Map<String, SignedText> known = new LinkedHashMap<>();

        Run(Request request) {
            this.request = request;
            this.layout = new Layout(request.folder());
        }

        Report run() throws IOException {
            SignedText checkpoint = read(request.folder().resolve(CHECKPOINT), CHECKPOINT);
            SignedText.Head head = checkpoint == null ? null : head(checkpoint, CHECKPOINT);
            if (checkpoint == null || head == null) {
                return report("", 0, null, List.of(), List.of());
            }
            if (Files.exists(request.folder().resolve(COSIGNED))) {
                known(request.folder().resolve(COSIGNED), COSIGNED);
            }
            for (Path file : request.known()) {
                known(file, file.toString());
            }
            Bundle[] bundles = scan(head.size(), keep(head.size()));
            Trust trust = new Trust(head.origin(), request.keys(), notes, problems);
            for (Bundle bundle : bundles) {
                bundle.introductions.forEach(trust::introduction);
            }
            trust.signed(CHECKPOINT, checkpoint);
            List<String> before = List.copyOf(problems);
            problems.clear();
            pruned(bundles);
            TreeJudge judge = new TreeJudge(layout, bundles, head.size());
            order(bundles);
            judge.judge(head.root());
            problems.addAll(0, judge.problems());
            problems.addAll(0, before);
            Earlier earlier = new Earlier(head, bundles.length == 0 ? null : bundles[0].restored, notes, problems);
            known.forEach((name, note) -> {
                SignedText.Head other = head(note, name);
                if (other != null) {
                    earlier.check(name, note, other, judge, trust);
                }
            });
            witnesses(checkpoint);
            List<Range> lost = lost(bundles);
            return report(head.origin(), head.size(), judge.root(), judge.damaged(), lost);
        }

        private Report report(String origin, long size, byte @Nullable [] root, List<Range> damaged, List<Range> lost) {
            List<String> told = problems;
            if (told.size() > MOST_PROBLEMS) {
                told = new ArrayList<>(problems.subList(0, MOST_PROBLEMS));
                told.add("and " + (problems.size() - MOST_PROBLEMS) + " more");
            }
            return new Report(
                    problems.isEmpty() && damaged.isEmpty(),
                    origin,
                    size,
                    root == null ? "" : HexFormat.of().formatHex(root),
                    notes,
                    told,
                    damaged,
                    lost);
        }

        private @Nullable SignedText read(Path file, String name) throws IOException {
            if (!Files.exists(file)) {
                problems.add(name + " is missing");
                return null;
            }
            try {
                return SignedText.parse(Files.readAllBytes(file));
            } catch (Bad e) {
                problems.add(name + " " + e.getMessage());
                return null;
            }
        }

        private SignedText.@Nullable Head head(SignedText note, String name) {
            try {
                return note.head();
            } catch (Bad e) {
                problems.add(name + " " + e.getMessage());
                return null;
            }
        }

        private void known(Path file, String name) throws IOException {
            SignedText note = read(file, name);
            if (note != null && head(note, name) != null) {
                known.put(name, note);
            }
        }

        /** Bundles within which an earlier tree ends. */
        private Set<Long> keep(long size) {
            Set<Long> keep = new HashSet<>();
            keep.add(size / Layout.WIDTH);
            for (SignedText note : known.values()) {
                SignedText.Head head = head(note, "");
                if (head != null) {
                    keep.add(head.size() / Layout.WIDTH);
                }
            }
            return keep;
        }

        private Bundle[] scan(long size, Set<Long> keep) throws IOException {
            int count = Math.toIntExact((size + Layout.WIDTH - 1) / Layout.WIDTH);
            Bundle[] bundles = new Bundle[count];
            if (count == 0) {
                return bundles;
            }
            // The first entry that is there says which journal it is.
            BundleScan first = new BundleScan(layout, size, keep);
            int scanned = 0;
            while (scanned < count && !first.begun()) {
                bundles[scanned] = first.scan(scanned);
                scanned++;
            }
            AtomicInteger next = new AtomicInteger(scanned);
            int threads = Math.clamp(request.threads(), 1, 64);
            try (ExecutorService pool = Executors.newFixedThreadPool(
                    threads, Thread.ofPlatform().name("log-verifier-", 0).factory())) {
                List<Future<?>> done = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    done.add(pool.submit(() -> {
                        BundleScan scan = new BundleScan(layout, size, keep);
                        scan.journalOf(first);
                        for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                            bundles[n] = scan.scan(n);
                        }
                        return true;
                    }));
                }
                for (Future<?> each : done) {
                    each.get();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
            }
            return bundles;
        }

        /** Entries that are not there are taken for pruned only where the log itself says so in an event of its own. */
        private void pruned(Bundle[] bundles) {
            long cut = 0;
            long told = 0;
            for (Bundle bundle : bundles) {
                for (Bundle.Payload payload : bundle.prunings) {
                    try {
                        JsonNode event = new ObjectMapper().readTree(payload.bytes());
                        cut = Math.max(cut, event.path("cut").asLong());
                        told = payload.sequence();
                    } catch (IOException e) {
                        problems.add("entry " + payload.sequence() + " tells of pruning, but has no JSON");
                    }
                }
            }
            long absent = 0;
            for (Bundle bundle : bundles) {
                // The bundle in which the cut lies is kept whole.
                boolean allowed = bundle.absent && bundle.first() + Layout.WIDTH <= cut;
                if (bundle.absent && !allowed) {
                    bundle.absent = false;
                    bundle.problems.add(bundle.entriesFile() + " is missing");
                }
                absent += allowed ? bundle.width : 0;
            }
            if (absent > 0) {
                notes.add(absent + " entries before " + cut + " are not here, for they were pruned, as entry " + told
                        + " says; their hashes are here and were checked");
            }
        }

        private void order(Bundle[] bundles) {
            long time = Long.MIN_VALUE;
            for (Bundle bundle : bundles) {
                if (bundle.firstTime < time && bundle.firstTime != Long.MIN_VALUE) {
                    problems.add(bundle.entriesFile() + ": its first entry has a time before that of the entry before");
                }
                time = Math.max(time, bundle.lastTime);
                problems.addAll(bundle.problems);
            }
        }

        /** A witness may have signed the checkpoint or the newest cosigned one. */
        private void witnesses(SignedText checkpoint) {
            for (String text : request.witnesses()) {
                try {
                    List<Keys> key = List.of(Keys.parse(text));
                    SignedText cosigned = known.get(COSIGNED);
                    if (!checkpoint.signers(key).isEmpty()) {
                        notes.add("cosigned by " + key.getFirst().name());
                    } else if (cosigned != null && !cosigned.signers(key).isEmpty()) {
                        SignedText.Head head = head(cosigned, COSIGNED);
                        notes.add("cosigned by " + key.getFirst().name() + " over " + (head == null ? 0 : head.size())
                                + " entries");
                    } else {
                        problems.add("no checkpoint in the folder is cosigned by " + text);
                    }
                } catch (Bad e) {
                    problems.add("of the witness " + text + ": " + e.getMessage());
                }
            }
        }

        /** An entry that is not there is taken for lost only where the log itself says so in an event of its own. */
        private List<Range> lost(Bundle[] bundles) {
            List<Range> said = new ArrayList<>();
            for (Bundle bundle : bundles) {
                bundle.salvages.forEach(payload -> said.addAll(salvaged(payload)));
            }
            List<Range> lost = new ArrayList<>();
            for (Bundle bundle : bundles) {
                for (int i : bundle.lost) {
                    long sequence = bundle.first() + i;
                    if (said.stream().noneMatch(range -> range.from() <= sequence && sequence < range.to())) {
                        problems.add(bundle.entriesFile() + ": entry " + sequence
                                + " is empty, and no event says that it was lost");
                    }
                    if (!lost.isEmpty() && lost.getLast().to() == sequence) {
                        lost.set(lost.size() - 1, new Range(lost.getLast().from(), sequence + 1));
                    } else {
                        lost.add(new Range(sequence, sequence + 1));
                    }
                }
            }
            return lost;
        }

        private List<Range> salvaged(Bundle.Payload payload) {
            List<Range> ranges = new ArrayList<>();
            try {
                JsonNode event = new ObjectMapper().readTree(payload.bytes());
                if (event.path("sameJournal").asBoolean()) {
                    event.path("lost")
                            .forEach(range -> ranges.add(new Range(
                                    range.path(0).asLong(), range.path(1).asLong())));
                }
            } catch (IOException e) {
                problems.add("entry " + payload.sequence() + " tells of a salvage, but has no JSON");
            }
            return ranges;
        }
    }
}
