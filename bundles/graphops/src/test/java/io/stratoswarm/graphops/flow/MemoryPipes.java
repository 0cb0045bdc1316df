package io.stratoswarm.graphops.flow;

import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.flow.Poller;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * A twin of the kernel's pipes that can be cut off after any operation, as a process that is killed is. Pieces behave as the
 * kernel's pages do: a pipe is full when it has as many as it may have, however small they are.
 */
final class MemoryPipes implements Pipes {
    static final int PAGE = 64;

    /** The process is gone. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final Map<String, Deque<byte[]>> pipes = new TreeMap<>();
    private final int pieces;
    private long operationsLeft = Long.MAX_VALUE;
    private boolean afterIt;
    private int scratches;
    private Runnable meanwhile = () -> {};

    MemoryPipes(int pieces) {
        this.pieces = pieces;
    }

    /** Lets so many operations happen, and then none, or one more that nobody hears of. */
    void killAfter(long operations, boolean oneMore) {
        operationsLeft = operations;
        afterIt = oneMore;
    }

    /** What others do right before bytes in a pipe are counted. */
    void meanwhile(Runnable others) {
        meanwhile = others;
    }

    boolean alive() {
        return operationsLeft == Long.MAX_VALUE;
    }

    boolean holds(String name) {
        return !pipes.getOrDefault(name, new ArrayDeque<>()).isEmpty();
    }

    void live() {
        operationsLeft = Long.MAX_VALUE;
    }

    @Override
    public Pipe open(String agent, String channel, OptionalLong incarnation) {
        return kept("agent/" + agent + "/" + channel);
    }

    @Override
    public Pipe kept(String name) {
        return new MemoryPipe(pipes.computeIfAbsent(name, any -> new ArrayDeque<>()));
    }

    @Override
    public void prepare(Collection<String> names) {
        names.forEach(this::kept);
    }

    @Override
    public void removeKept(String prefix) {
        if (operationsLeft == 0) {
            if (afterIt) {
                afterIt = false;
                pipes.keySet().removeIf(it -> it.startsWith(prefix));
            }
            throw new Killed();
        }
        operationsLeft -= operationsLeft == Long.MAX_VALUE ? 0 : 1;
        pipes.keySet().removeIf(it -> it.startsWith(prefix));
    }

    @Override
    public Pipe scratch() {
        return kept("scratch/" + scratches++);
    }

    @Override
    public Poller poller() {
        return new MemoryPoller();
    }

    /** Never waits. */
    private final class MemoryPoller implements Poller {
        private record Interest(boolean writable, long key) {}

        private final Map<MemoryPipe, Interest> interests = new LinkedHashMap<>();

        @Override
        public void readable(Pipe pipe, long key) {
            interests.put((MemoryPipe) pipe, new Interest(false, key));
        }

        @Override
        public void writable(Pipe pipe, long key) {
            interests.put((MemoryPipe) pipe, new Interest(true, key));
        }

        @Override
        public void forget(Pipe pipe) {
            interests.remove(pipe);
        }

        @Override
        public int await(long timeoutMillis, LongConsumer ready) {
            List<Interest> there = new ArrayList<>();
            interests.forEach((pipe, interest) -> {
                if (interest.writable ? pipe.content.size() < pieces : !pipe.content.isEmpty()) {
                    there.add(interest);
                }
            });
            there.forEach(it -> ready.accept(it.key));
            return there.size();
        }

        @Override
        public void wakeUp() {}

        @Override
        public void close() {}
    }

    /** Names of kept pipes that begin like this. */
    List<String> names(String prefix) {
        return pipes.keySet().stream().filter(it -> it.startsWith(prefix)).toList();
    }

    /** What waits in a pipe, taken out. */
    byte[] drain(String name, long most) {
        MemorySegment into = MemorySegment.ofArray(new byte[(int) Math.min(most, 1 << 20)]);
        long budget = operationsLeft;
        operationsLeft = Long.MAX_VALUE;
        long read = kept(name).read(into);
        operationsLeft = budget;
        return into.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE);
    }

    private final class MemoryPipe implements Pipe {
        private final Deque<byte[]> content;

        MemoryPipe(Deque<byte[]> content) {
            this.content = content;
        }

        private long operation(java.util.function.LongSupplier what) {
            if (operationsLeft == 0) {
                if (afterIt) {
                    afterIt = false;
                    var unused = what.getAsLong();
                }
                throw new Killed();
            }
            operationsLeft--;
            return what.getAsLong();
        }

        @Override
        public long read(MemorySegment into) {
            return operation(() -> {
                long at = 0;
                while (at < into.byteSize() && !content.isEmpty()) {
                    byte[] piece = front(into.byteSize() - at);
                    MemorySegment.copy(piece, 0, into, ValueLayout.JAVA_BYTE, at, piece.length);
                    at += piece.length;
                }
                return at;
            });
        }

        /** Takes the first piece, or its beginning. */
        private byte[] front(long most) {
            byte[] piece = content.removeFirst();
            if (piece.length <= most) {
                return piece;
            }
            content.addFirst(Arrays.copyOfRange(piece, (int) most, piece.length));
            return Arrays.copyOf(piece, (int) most);
        }

        @Override
        public long write(MemorySegment from) {
            return operation(() -> {
                byte[] all = from.toArray(ValueLayout.JAVA_BYTE);
                int needed = (all.length + PAGE - 1) / PAGE;
                if (all.length <= PAGE && content.size() + needed > pieces) {
                    return 0;
                }
                int at = 0;
                while (at < all.length && content.size() < pieces) {
                    int length = Math.min(PAGE, all.length - at);
                    content.addLast(Arrays.copyOfRange(all, at, at + length));
                    at += length;
                }
                return at;
            });
        }

        @Override
        public long moveTo(Pipe target, long most) {
            return operation(() -> {
                Deque<byte[]> to = ((MemoryPipe) target).content;
                long moved = 0;
                while (moved < most && !content.isEmpty() && to.size() < pieces) {
                    byte[] piece = front(most - moved);
                    to.addLast(piece);
                    moved += piece.length;
                }
                return moved;
            });
        }

        @Override
        public long copyTo(Pipe target, long most) {
            return operation(() -> {
                Deque<byte[]> to = ((MemoryPipe) target).content;
                long copied = 0;
                List<byte[]> all = new ArrayList<>(content);
                for (byte[] piece : all) {
                    if (copied == most || to.size() == pieces) {
                        break;
                    }
                    int length = (int) Math.min(piece.length, most - copied);
                    to.addLast(Arrays.copyOf(piece, length));
                    copied += length;
                }
                return copied;
            });
        }

        @Override
        public long discard(long most) {
            return operation(() -> {
                long gone = 0;
                while (gone < most && !content.isEmpty()) {
                    gone += front(most - gone).length;
                }
                return gone;
            });
        }

        @Override
        public long waiting() {
            meanwhile.run();
            return content.stream().mapToLong(it -> it.length).sum();
        }

        @Override
        public long capacity() {
            return (long) pieces * PAGE;
        }

        @Override
        public void close() {}
    }
}
