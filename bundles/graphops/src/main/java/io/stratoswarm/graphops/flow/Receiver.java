package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A channel of one replica, as all strands see it that lead there; they are on one thread. One outlet holds it from its first byte
 * of a record to the last, so that records of several are never mixed.
 */
final class Receiver {
    private static final long BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private final Port port;
    private final long key;
    private final List<Strand> writers = new ArrayList<>();
    private @Nullable Pipe pipe;
    private @Nullable Outlet holder;
    private long incarnation;
    private boolean released;
    private boolean blocked;
    private long blockedSince;
    private long blockedNanos;

    Receiver(Port port) {
        this.port = port;
        this.key = key(port.agent() + " " + port.channel());
    }

    /** Never 0. FNV-1a of 64 bits, which is part of the state's format. */
    static long key(String text) {
        long hash = BASIS;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        return hash == 0 ? 1 : hash;
    }

    /** The same of text in ASCII; 0 where there is anything else, or an escape of JSON. */
    static long key(byte[] text, int start, int end) {
        long hash = BASIS;
        for (int i = start; i < end; i++) {
            if (text[i] < 0 || text[i] == '\\') {
                return 0;
            }
            hash = (hash ^ text[i]) * PRIME;
        }
        return hash == 0 ? 1 : hash;
    }

    Port port() {
        return port;
    }

    long key() {
        return key;
    }

    /** Strands that lead here, now. */
    List<Strand> writers() {
        return writers;
    }

    boolean there() {
        return pipe != null;
    }

    Pipe pipe() {
        return Objects.requireNonNull(pipe, "asked before it is there");
    }

    void connect(@Nullable Pipe pipe) {
        this.pipe = pipe;
    }

    /** Start of the agent whose pipe this is, where each has its own. */
    long incarnation() {
        return incarnation;
    }

    void incarnation(long number) {
        incarnation = number;
    }

    boolean heldByOther(Outlet asking) {
        return holder != null && holder != asking;
    }

    void hold(Outlet by) {
        holder = by;
    }

    void letGo(Outlet by) {
        if (holder == by) {
            holder = null;
            released = writers.size() > 1;
        }
    }

    /** Whether it was let go since the last question, and others may wait for it. */
    boolean released() {
        boolean was = released;
        released = false;
        return was;
    }

    /** Whether an outlet waits for nothing but room. */
    boolean wanted() {
        if (pipe == null) {
            return false;
        }
        if (holder != null) {
            return holder.planned() > 0;
        }
        for (int i = 0; i < writers.size(); i++) {
            if (writers.get(i).waitsFor(this)) {
                return true;
            }
        }
        return false;
    }

    /** Notes whether somebody waits for room in it, from this moment on. */
    void blocked(boolean now, long nanos) {
        if (blocked) {
            blockedNanos += nanos - blockedSince;
        }
        blocked = now;
        blockedSince = nanos;
    }

    boolean blocked() {
        return blocked;
    }

    /** Time for which somebody waited, up to this moment. */
    long blockedNanos(long nanos) {
        return blockedNanos + (blocked ? nanos - blockedSince : 0);
    }

    @Override
    public String toString() {
        return port.toString();
    }
}
