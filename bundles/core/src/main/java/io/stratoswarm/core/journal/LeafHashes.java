package io.stratoswarm.core.journal;

import io.stratoswarm.core.merkle.TreeHasher;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Hashes leaves of large batches ahead of the writer, on a thread that is started when first needed. The writer never waits for
 * it: what is not there yet it hashes itself.
 */
final class LeafHashes {
    /** Fewer leaves are hashed by the writer sooner than another thread wakes. */
    private static final int LEAST = 64;

    private static final int LOOKS = 200;

    private final ConcurrentLinkedQueue<Block> blocks = new ConcurrentLinkedQueue<>();
    private @Nullable Thread thread;
    private volatile boolean asleep;
    private volatile boolean ended;

    /** Stamped leaves and their hashes as they become known. */
    static final class Block {
        final List<Leaf.Draft> drafts;
        private final AtomicReferenceArray<byte @Nullable []> hashes;
        private volatile int reached = -1;

        Block(List<Leaf.Draft> drafts) {
            this.drafts = drafts;
            this.hashes = new AtomicReferenceArray<>(drafts.size());
        }

        /** For the writer, which asks for one after the other. */
        byte[] hash(int at, TreeHasher hasher) {
            byte[] known = hashes.getAcquire(at);
            if (known != null) {
                return known;
            }
            reached = at;
            return drafts.get(at).hash(hasher);
        }

        private void hashAhead(TreeHasher hasher) {
            for (int at = 0; at < drafts.size(); at++) {
                // Far enough ahead that the writer does not do the same again.
                at = Math.max(at, reached < 0 ? 0 : reached + 2);
                if (at < drafts.size()) {
                    hashes.setRelease(at, drafts.get(at).hash(hasher));
                }
            }
        }
    }

    /** For a writer that has no thread beside it. */
    static LeafHashes alone() {
        LeafHashes alone = new LeafHashes();
        alone.ended = true;
        return alone;
    }

    /** Called by the writer alone. The list must not change afterwards. */
    Block begin(List<Leaf.Draft> drafts) {
        Block block = new Block(drafts);
        if (drafts.size() >= LEAST && !ended) {
            blocks.add(block);
            Thread helper = thread;
            if (helper == null) {
                helper = Thread.ofPlatform().name("journal-hasher").daemon().start(this::run);
                thread = helper;
            } else if (asleep) {
                LockSupport.unpark(helper);
            }
        }
        return block;
    }

    /** Ends the thread; from here on the writer hashes alone. */
    void end() {
        ended = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        TreeHasher hasher = new TreeHasher();
        int looks = 0;
        while (!ended) {
            Block block = blocks.poll();
            if (block != null) {
                block.hashAhead(hasher);
                looks = 0;
            } else if (looks++ < LOOKS) {
                Thread.onSpinWait();
            } else {
                asleep = true;
                if (blocks.isEmpty() && !ended) {
                    LockSupport.park(this);
                }
                asleep = false;
                looks = 0;
            }
        }
    }
}
