package io.stratoswarm.audit.capture.store;

import io.stratoswarm.api.StratoswarmException;
import java.io.IOException;
import java.nio.file.Files;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives back the space of objects that no capture needs: removes packs of which nothing is needed, and writes anew those of which less
 * than half is. The new pack is durable before the old one goes; a kill between the two leaves some objects twice, and no object less.
 */
final class Sweep {
    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    private final CaptureFolder folder;
    private final Objects objects;

    Sweep(CaptureFolder folder, Objects objects) {
        this.folder = folder;
        this.objects = objects;
    }

    void run() throws IOException {
        try (ObjectIndex needed = new ObjectIndex();
                ObjectIndex moved = new ObjectIndex();
                Objects all = objects) {
            for (long number : folder.captures()) {
                if (!mark(number, needed)) {
                    return;
                }
            }
            for (Pack pack : all.packs()) {
                int[] live = {0};
                pack.forEach((address, frame, slot) -> live[0] += needed.contains(address) ? 1 : 0);
                if (live[0] * 2L < pack.size() || live[0] == 0) {
                    if (live[0] > 0) {
                        rewrite(pack, needed, moved);
                    }
                    Files.deleteIfExists(pack.file());
                    Durable.sync(pack.file().resolveSibling(""));
                }
            }
        }
    }

    /** False where it cannot be known what the capture needs; then nothing may be removed. */
    private boolean mark(long number, ObjectIndex needed) {
        try {
            for (Manifest.Leaf leaf : folder.manifest(number).leaves()) {
                if (needed.put(leaf.hash(), 0) && leaf.mediaType().equals(Part.MEMORY)) {
                    Range range = Range.parse(objects.part(leaf).content());
                    for (byte[] page : range.pages()) {
                        if (page != null) {
                            needed.put(page, 0);
                        }
                    }
                }
            }
            return true;
        } catch (StratoswarmException | IllegalArgumentException e) {
            LOG.warn(
                    "no space of removed captures is given back, for the capture {} is damaged ({});"
                            + " 'stratoswarm capture remove {}' gives it up",
                    number,
                    e.getMessage(),
                    number);
            return false;
        }
    }

    private void rewrite(Pack pack, ObjectIndex needed, ObjectIndex moved) throws IOException {
        try (PackWriter out = folder.newPack()) {
            pack.forEach((address, frame, slot) -> {
                if (needed.contains(address) && moved.put(address, 0)) {
                    out.add(address, pack.read(frame, slot));
                }
            });
            out.publish();
        }
    }
}
