package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.Pipe;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A channel of one replica, as all strands see it that lead there; they are on one thread. One strand holds it from its first byte
 * of a record to the last, so that records of several are never mixed.
 */
final class Receiver {
    private final String agent;
    private final String channel;
    private final long key;
    private @Nullable Pipe pipe;
    private @Nullable Object owner;
    private boolean blocked;
    private long blockedSince;
    private long blockedNanos;

    Receiver(String agent, String channel) {
        this.agent = agent;
        this.channel = channel;
        this.key = key(agent + " " + channel);
    }

    /** Never 0. FNV-1a of 64 bits, which is part of the state's format. */
    static long key(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash == 0 ? 1 : hash;
    }

    String agent() {
        return agent;
    }

    String channel() {
        return channel;
    }

    long key() {
        return key;
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

    boolean heldByOther(Object asking) {
        return owner != null && owner != asking;
    }

    void hold(Object by) {
        owner = by;
    }

    void letGo(Object by) {
        if (owner == by) {
            owner = null;
        }
    }

    /** Notes whether somebody waits for room in it. */
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

    /** Time for which somebody waited, up to now. */
    long blockedNanos(long nanos) {
        return blockedNanos + (blocked ? nanos - blockedSince : 0);
    }

    @Override
    public String toString() {
        return agent + "." + channel;
    }
}
