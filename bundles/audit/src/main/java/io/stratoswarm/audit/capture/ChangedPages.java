package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.SeenPages.Seen;
import io.stratoswarm.audit.capture.linux.LinuxFailure;
import io.stratoswarm.audit.capture.linux.NativeBuffer;
import io.stratoswarm.audit.capture.linux.PageScan;
import io.stratoswarm.audit.capture.linux.ProcessMemory;
import io.stratoswarm.audit.capture.linux.ProcessMemory.Run;
import io.stratoswarm.audit.capture.store.Range;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies, of a process that was captured before, only the pages that are not what they were. Memory is read piece by piece into a small
 * place that stays in the processor's cache and compared there by the fast hash, which takes no longer than to write all of it to memory,
 * and needs no room for what has not changed. An unchanged run has the offset {@link #SAME}.
 */
final class ChangedPages implements AutoCloseable {
    static final long SAME = -1;
    private static final int PIECE = 512 << 10;

    private final PageHash hash;
    private final long limit;
    private final NativeBuffer scratch;
    private long leftOut;

    /** @param limit bytes that the buffer may hold */
    ChangedPages(PageHash hash, long limit) throws LinuxFailure {
        this.hash = hash;
        this.limit = limit;
        this.scratch = NativeBuffer.reserve(PIECE);
        scratch.populate(PIECE);
    }

    /** @return where the buffer is free again */
    long take(
            Image image,
            Map<Long, Seen> before,
            ProcessMemory memory,
            MemorySegment buffer,
            long from,
            BooleanSupplier more)
            throws LinuxFailure {
        List<Run> all = image.runs;
        List<Run> kept = new ArrayList<>();
        List<Run> unread = new ArrayList<>();
        leftOut = 0;
        long offset = from;
        int index = 0;
        long done = 0;
        while (index < all.size()) {
            List<Run> piece = new ArrayList<>();
            for (long room = PIECE; room > 0 && index < all.size(); ) {
                Run run = all.get(index);
                long length = Math.min(room, run.length() - done);
                piece.add(new Run(run.address() + done, length, PIECE - room));
                room -= length;
                done += length;
                if (done == run.length()) {
                    index++;
                    done = 0;
                }
            }
            List<Run> missed = memory.copy(piece, scratch.segment(), more);
            unread.addAll(missed);
            for (Run run : piece) {
                offset = pages(run, missed, before, buffer, offset, kept);
            }
        }
        image.runs = kept;
        image.unread = unread;
        StopCopy.leftOut(image, leftOut, limit);
        return offset;
    }

    private long pages(
            Run run, List<Run> missed, Map<Long, Seen> before, MemorySegment buffer, long from, List<Run> kept) {
        long offset = from;
        for (long address = run.address(); address != run.end(); address += PageScan.PAGE) {
            long at = run.offset() + address - run.address();
            if (!missed.isEmpty() && MemoryParts.within(missed, address)) {
                // Its bytes say nothing, so any place will do for them.
                kept.add(new Run(address, PageScan.PAGE, 0));
            } else if (same(before.get(address & -(long) Range.BYTES), address, at)) {
                add(kept, address, SAME);
            } else if (offset + PageScan.PAGE > limit) {
                leftOut += PageScan.PAGE;
            } else {
                MemorySegment.copy(scratch.segment(), at, buffer, offset, PageScan.PAGE);
                add(kept, address, offset);
                offset += PageScan.PAGE;
            }
        }
        return offset;
    }

    private boolean same(@Nullable Seen seen, long address, long at) {
        if (seen == null) {
            return false;
        }
        int slot = (int) (address & Range.BYTES - 1) / PageScan.PAGE;
        byte kind = seen.range.kinds()[slot];
        if (kind != Range.STORED && kind != Range.ZERO) {
            return false;
        }
        hash.of(scratch.segment(), at);
        return kind == Range.ZERO
                ? hash.zero()
                : seen.hashes[2 * slot] == hash.high() && seen.hashes[2 * slot + 1] == hash.low();
    }

    private static void add(List<Run> kept, long address, long offset) {
        Run last = kept.isEmpty() ? null : kept.getLast();
        boolean follows = last != null
                && last.end() == address
                && (offset == SAME ? last.offset() == SAME : last.offset() + last.length() == offset);
        if (last != null && follows) {
            kept.set(kept.size() - 1, new Run(last.address(), last.length() + PageScan.PAGE, last.offset()));
        } else {
            kept.add(new Run(address, PageScan.PAGE, offset));
        }
    }

    @Override
    public void close() {
        scratch.close();
    }
}
