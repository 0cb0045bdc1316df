package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.SeenPages.Seen;
import io.stratoswarm.audit.capture.linux.LinuxFailure;
import io.stratoswarm.audit.capture.linux.NativeBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads all memory while processes are stopped and keeps what is not as it was in the last capture. That takes no longer than to copy it
 * to memory that is there already, since what is read goes through pieces that stay in the processors' caches, and no memory has to be had
 * for what is the same. Processes that were not captured before, or of which much was not the same the last time, are copied whole: a copy
 * that grows while they are stopped is slower than one whose memory was taken before.
 */
final class Comparing implements Taking {
    /** As much as a cache of one processor holds. */
    private static final long PIECE = 512L << 10;
    /** More find the memory busy. */
    private static final int MOST_THREADS = 4;

    private final PageHash hash;
    private final Function<String, Map<Long, Seen>> seen;
    private final List<Comparison.Place> places = new ArrayList<>();

    /** @param seen what the last capture held of a process that is like to have changed little since, and is still there */
    Comparing(PageHash hash, Function<String, Map<Long, Seen>> seen) {
        this.hash = hash;
        this.seen = seen;
    }

    @Override
    public boolean prepare(Image rehearsal) throws LinuxFailure {
        if (seen.apply(rehearsal.process()).isEmpty()) {
            return true;
        }
        int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
        while (places.size() < threads) {
            NativeBuffer piece = NativeBuffer.reserve(PIECE);
            piece.populate(PIECE);
            places.add(new Comparison.Place(piece, hash.another()));
        }
        return false;
    }

    @Override
    public void take(Image image, Tracer tracer, Memory memory) throws LinuxFailure {
        Map<Long, Seen> known = seen.apply(image.process());
        if (places.isEmpty() || known.isEmpty()) {
            memory.copy(image, image.pid, image.areas, false);
        } else {
            memory.compare(image, known, places);
        }
    }

    @Override
    public void close() {
        places.forEach(place -> place.piece().close());
    }
}
