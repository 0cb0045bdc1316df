package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.SeenPages.Seen;
import io.stratoswarm.audit.capture.linux.LinuxFailure;
import io.stratoswarm.audit.capture.linux.NativeBuffer;
import io.stratoswarm.audit.capture.linux.ProcessMemory;
import io.stratoswarm.audit.capture.linux.ProcessMemory.Run;
import io.stratoswarm.audit.capture.linux.Ptrace;
import io.stratoswarm.audit.capture.store.Range;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongUnaryOperator;

/**
 * Reads all memory of a stopped process, piece by piece, and copies the pages that are not as they were. Threads take the next piece in turn, so
 * that one that gets no processor holds up none.
 */
final class Comparison {
    /** What a thread works with: a piece of memory that stays in its processor's caches, and a hash of its own. */
    record Place(NativeBuffer piece, PageHash hash) {}

    /**
     * What came of a piece.
     *
     * @param left bytes that had no room
     */
    private record Compared(List<Run> copied, List<Run> unchanged, List<Run> unread, long left) {}

    private final int pid;
    private final List<List<Run>> pieces;
    private final Map<Long, Seen> known;
    private final MemorySegment into;
    private final LongUnaryOperator room;
    private final BooleanSupplier more;
    private final Compared[] results;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /**
     * @param known what is known of the process from before
     * @param room gives so many bytes of the buffer: from where on, or -1 where there are not as many
     * @param more asked between two pieces; false ends the reading
     */
    Comparison(
            int pid,
            List<Run> runs,
            long pieceBytes,
            Map<Long, Seen> known,
            MemorySegment into,
            LongUnaryOperator room,
            BooleanSupplier more) {
        this.pid = pid;
        this.pieces = pieces(runs, pieceBytes);
        this.known = known;
        this.into = into;
        this.room = room;
        this.more = more;
        this.results = new Compared[pieces.size()];
    }

    private static List<List<Run>> pieces(List<Run> runs, long pieceBytes) {
        List<List<Run>> pieces = new ArrayList<>();
        List<Run> piece = new ArrayList<>();
        long length = 0;
        for (Run run : runs) {
            for (long at = run.address(); at < run.end(); ) {
                long fits = Math.min(run.end() - at, pieceBytes - length);
                piece.add(new Run(at, fits, length));
                at += fits;
                length += fits;
                if (length == pieceBytes) {
                    pieces.add(piece);
                    piece = new ArrayList<>();
                    length = 0;
                }
            }
        }
        if (!piece.isEmpty()) {
            pieces.add(piece);
        }
        return pieces;
    }

    /** Works in all places at once, the first on the calling thread. */
    void run(List<Place> places) throws LinuxFailure {
        List<Thread> helpers = new ArrayList<>();
        for (Place place : places.subList(1, Math.min(places.size(), Math.max(1, pieces.size())))) {
            try {
                helpers.add(Thread.ofPlatform().name("capture-compare").daemon().start(() -> {
                    Ptrace.hurry();
                    work(place);
                }));
            } catch (OutOfMemoryError noFurtherThread) {
                // Those that there are do all of it.
                break;
            }
        }
        work(places.getFirst());
        boolean interrupted = false;
        for (Thread helper : helpers) {
            while (helper.isAlive()) {
                try {
                    helper.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        switch (failure.get()) {
            case null -> {}
            case LinuxFailure e -> throw e;
            case Throwable e -> throw new IllegalStateException("memory could not be compared", e);
        }
    }

    private void work(Place place) {
        try (ProcessMemory memory = new ProcessMemory(pid, true)) {
            for (int i = next.getAndIncrement(); i < results.length; i = next.getAndIncrement()) {
                results[i] = compare(memory, pieces.get(i), place);
            }
        } catch (LinuxFailure | RuntimeException | Error e) {
            failure.compareAndSet(null, e);
            next.set(results.length);
        }
    }

    private Compared compare(ProcessMemory memory, List<Run> runs, Place place) throws LinuxFailure {
        MemorySegment piece = place.piece().segment();
        List<Run> unread = new ArrayList<>();
        for (Run run : memory.copy(runs, piece, more)) {
            unread.add(new Run(run.address(), run.length(), 0));
        }
        PageRuns found = new PageRuns(0, Long.MAX_VALUE);
        for (Run run : runs) {
            Seen seen = null;
            for (long at = run.address(); at < run.end(); at += Range.PAGE) {
                int slot = (int) (at & Range.BYTES - 1) / Range.PAGE;
                if (slot == 0 || at == run.address()) {
                    seen = known.get(at & -Range.BYTES);
                }
                if (!unread.isEmpty() && inside(at, unread)) {
                    continue;
                }
                boolean same =
                        seen != null && seen.holds(slot, place.hash().of(piece, run.offset() + at - run.address()));
                if (same) {
                    found.same(at, at + Range.PAGE);
                } else {
                    found.add(at, at + Range.PAGE);
                }
            }
        }
        return keep(found, unread, runs, piece);
    }

    private static boolean inside(long address, List<Run> runs) {
        for (Run run : runs) {
            if (run.address() <= address && address < run.end()) {
                return true;
            }
        }
        return false;
    }

    /** What could not be read takes no room; its place says nothing. */
    private Compared keep(PageRuns found, List<Run> unread, List<Run> runs, MemorySegment piece) {
        long start = found.end() == 0 ? 0 : room.applyAsLong(found.end());
        List<Run> copied = new ArrayList<>(unread);
        if (start < 0) {
            return new Compared(copied, found.unchanged(), unread, found.end());
        }
        int at = 0;
        for (Run each : found.runs()) {
            // Both are in the order of addresses, and what was found lies within what was read at one go.
            while (runs.get(at).end() <= each.address()) {
                at++;
            }
            long from = runs.get(at).offset() + each.address() - runs.get(at).address();
            MemorySegment.copy(piece, from, into, start + each.offset(), each.length());
            copied.add(new Run(each.address(), each.length(), start + each.offset()));
        }
        return new Compared(copied, found.unchanged(), unread, 0);
    }

    List<Run> copied() {
        return all(Compared::copied);
    }

    List<Run> unchanged() {
        return all(Compared::unchanged);
    }

    List<Run> unread() {
        return all(Compared::unread);
    }

    /** Bytes that had no room. */
    long left() {
        long left = 0;
        for (Compared result : results) {
            left += result.left();
        }
        return left;
    }

    private List<Run> all(java.util.function.Function<Compared, List<Run>> which) {
        List<Run> all = new ArrayList<>();
        for (Compared result : results) {
            all.addAll(which.apply(result));
        }
        return all;
    }
}
