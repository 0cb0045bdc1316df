package io.stratoswarm.audit.capture;

import io.stratoswarm.audit.capture.linux.WriteTracking;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Processes whose writes are followed from one capture to the next, by what names them for good. Forgotten with the daemon, when the kernel
 * removes its marks.
 */
final class Trackers implements AutoCloseable {
    private static final int MOST = 256;

    /** @param whole whether the last capture that asked which pages were written to is kept, so that its pages are known */
    private record Followed(WriteTracking tracking, byte[] program, boolean whole) {}

    private final Map<String, Followed> all = new LinkedHashMap<>(16, 0.75f, true);

    /** What follows this process, if it still executes the same program: another one has memory of its own. */
    synchronized Optional<WriteTracking> of(String process, byte[] program) {
        Followed followed = all.get(process);
        if (followed != null && !Arrays.equals(followed.program(), program)) {
            forget(process);
            return Optional.empty();
        }
        return Optional.ofNullable(followed).map(Followed::tracking);
    }

    synchronized void put(String process, byte[] program, WriteTracking tracking) {
        forget(process);
        all.put(process, new Followed(tracking, program, false));
        if (all.size() > MOST) {
            forget(all.keySet().iterator().next());
        }
    }

    private void forget(String process) {
        Followed followed = all.remove(process);
        if (followed != null) {
            followed.tracking().close();
        }
    }

    /** Whether all that was not written to since is known. From now on it is not, until the capture is kept. */
    synchronized boolean begin(String process) {
        Followed followed = all.get(process);
        if (followed == null) {
            return false;
        }
        all.put(process, new Followed(followed.tracking(), followed.program(), false));
        return followed.whole();
    }

    /** The capture of these processes is kept. */
    synchronized void kept(Collection<String> processes) {
        for (String process : processes) {
            all.computeIfPresent(process, (name, it) -> new Followed(it.tracking(), it.program(), true));
        }
    }

    /** Lets go of those that are not there any more. */
    synchronized void retain(Predicate<String> there) {
        all.keySet().stream().filter(there.negate()).toList().forEach(this::forget);
    }

    @Override
    public synchronized void close() {
        retain(process -> false);
    }
}
