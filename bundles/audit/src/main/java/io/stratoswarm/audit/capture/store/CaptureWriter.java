package io.stratoswarm.audit.capture.store;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Writes one capture: parts and pages, of which those that are stored already cost nothing; in the end the manifest. */
public final class CaptureWriter implements AutoCloseable {
    /** A pack is at most so long, so that giving back space never moves more at a time. */
    private static final long PACK_BYTES = 256L << 20;

    /** So many pages are kept in memory at most while it is looked at what is stored. */
    private static final int MOST_WAITING = 4_096;

    private final CaptureFolder folder;
    private final long number;
    private final FutureTask<Objects> opening;
    private final List<Waiting> waiting = new ArrayList<>();
    private final MessageDigest sha256 = Sealing.sha256();
    private final List<Manifest.Leaf> leaves = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private boolean prepared;
    private @Nullable PackWriter pack;
    private long written;
    private long stored;

    /** What is to be stored once it is known what is stored already. */
    private record Waiting(byte[] address, byte[] content) {}

    CaptureWriter(CaptureFolder folder, long number) {
        this.folder = folder;
        this.number = number;
        this.opening = new FutureTask<>(folder::objects);
    }

    /** Begins to look at what is stored already, beside what the caller does; else that is done when it is needed. */
    public void prepare() {
        Thread.ofPlatform().name("capture-index").daemon().start(opening);
        prepared = true;
    }

    private Objects objects() {
        opening.run();
        try {
            return opening.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("the packs of captures cannot be opened", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "the daemon ends, so this was given up", e);
        }
    }

    /** Adds a part, and with it a leaf of the tree. */
    public byte[] part(Part part) {
        byte[] leaf = part.leaf();
        byte[] hash = Part.hash(sha256, leaf);
        store(hash, leaf);
        known(part.name(), part.mediaType(), hash);
        return hash;
    }

    /** Adds a leaf whose part is stored already. */
    public void known(String name, String mediaType, byte[] hash) {
        if (!names.add(name)) {
            throw new IllegalArgumentException("two parts with the name " + name);
        }
        leaves.add(new Manifest.Leaf(name, mediaType, hash));
    }

    /** Stores a page; tells its address. The array is kept: give a new one each time. */
    public byte[] page(byte[] page) {
        byte[] address = sha256.digest(page);
        store(address, page);
        return address;
    }

    private void store(byte[] address, byte[] content) {
        if (!opening.isDone() && waiting.size() < MOST_WAITING) {
            waiting.add(new Waiting(address, content));
            return;
        }
        storeWaiting();
        storeNow(address, content);
    }

    private void storeWaiting() {
        for (Waiting each : waiting) {
            storeNow(each.address(), each.content());
        }
        waiting.clear();
    }

    private void storeNow(byte[] address, byte[] content) {
        // The place is not needed before the pack is opened anew.
        if (!objects().index().put(address, 0)) {
            return;
        }
        try {
            PackWriter out = pack;
            if (out != null && out.length() >= PACK_BYTES) {
                written += end(out);
                out = null;
            }
            if (out == null) {
                out = folder.newPack();
                pack = out;
            }
            out.add(address, content);
            stored++;
        } catch (IOException e) {
            throw CaptureFolder.failure("the capture " + number + " cannot be written", e);
        }
    }

    private long end(PackWriter out) throws IOException {
        out.publish();
        pack = null;
        return out.published();
    }

    /** Objects that were not stored before. */
    public long stored() {
        storeWaiting();
        return stored;
    }

    /** Makes all parts durable; tells how many bytes were written. No part may be added any more. */
    public long flush() {
        try {
            storeWaiting();
            PackWriter out = pack;
            if (out != null) {
                written += end(out);
            }
            return written;
        } catch (IOException e) {
            throw CaptureFolder.failure("the capture " + number + " cannot be written", e);
        }
    }

    public List<byte[]> hashes() {
        return leaves.stream().map(Manifest.Leaf::hash).toList();
    }

    /** Makes the capture be there. */
    public Manifest commit(String meta) {
        if (pack != null) {
            throw new StratoswarmException(Kind.CONFLICT, "the parts of the capture are not durable yet");
        }
        Manifest manifest = new Manifest(number, meta, leaves);
        try {
            folder.publish(manifest);
            return manifest;
        } catch (IOException e) {
            throw CaptureFolder.failure("the capture " + number + " cannot be written", e);
        }
    }

    @Override
    public void close() {
        // What is being opened is waited for, for it must be closed as well.
        boolean interrupted = false;
        while (prepared && !opening.isDone()) {
            try {
                opening.get();
            } catch (ExecutionException e) {
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (opening.isDone() && opening.state() == Future.State.SUCCESS) {
            opening.resultNow().close();
        }
        PackWriter out = pack;
        if (out != null) {
            try {
                out.close();
            } catch (IOException e) {
                throw CaptureFolder.failure("what was written of the capture " + number + " cannot be removed", e);
            }
        }
    }
}
