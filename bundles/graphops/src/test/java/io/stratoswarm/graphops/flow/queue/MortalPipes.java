package io.stratoswarm.graphops.flow.queue;

import io.stratoswarm.api.flow.Pipe;
import io.stratoswarm.api.flow.Pipes;
import io.stratoswarm.api.flow.Poller;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Real pipes, at any call of which their user may be killed: before the kernel does it, after, or in the middle of a transfer of more
 * than a page.
 */
final class MortalPipes implements Pipes {
    private static final long PAGE = 4096;

    private final Pipes pipes;
    private final List<AutoCloseable> open = new ArrayList<>();
    private long callsLeft = Long.MAX_VALUE;

    MortalPipes(Pipes pipes) {
        this.pipes = pipes;
    }

    /** Stands for SIGKILL; nobody may catch it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    /** What the kernel does with descriptors of a process that has ended. */
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        open.clear();
    }

    private Pipe mortal(Pipe pipe) {
        open.add(pipe);
        return new Mortal(pipe);
    }

    void killAfter(long calls) {
        callsLeft = calls;
    }

    private void maybeDie() {
        if (callsLeft-- <= 0) {
            throw new Killed();
        }
    }

    private long mortal(LongSupplier call) {
        maybeDie();
        long result = call.getAsLong();
        maybeDie();
        return result;
    }

    @Override
    public Pipe open(String agent, String channel, OptionalLong incarnation) {
        return mortal(pipes.open(agent, channel, incarnation));
    }

    @Override
    public Pipe kept(String name) {
        maybeDie();
        return mortal(pipes.kept(name));
    }

    @Override
    public void prepare(Collection<String> names) {
        maybeDie();
        pipes.prepare(names);
        maybeDie();
    }

    @Override
    public void removeKept(String prefix) {
        maybeDie();
        pipes.removeKept(prefix);
        maybeDie();
    }

    @Override
    public Pipe scratch() {
        return mortal(pipes.scratch());
    }

    @Override
    public Poller poller() {
        Poller poller = pipes.poller();
        open.add(poller);
        return new Poller() {
            @Override
            public void readable(Pipe pipe, long key) {
                poller.readable(((Mortal) pipe).pipe, key);
            }

            @Override
            public void writable(Pipe pipe, long key) {
                poller.writable(((Mortal) pipe).pipe, key);
            }

            @Override
            public void forget(Pipe pipe) {
                poller.forget(((Mortal) pipe).pipe);
            }

            @Override
            public int await(long timeoutMillis, java.util.function.LongConsumer ready) {
                return poller.await(timeoutMillis, ready);
            }

            @Override
            public void wakeUp() {
                poller.wakeUp();
            }

            @Override
            public void close() {
                poller.close();
            }
        };
    }

    private final class Mortal implements Pipe {
        private final Pipe pipe;

        Mortal(Pipe pipe) {
            this.pipe = pipe;
        }

        @Override
        public long read(MemorySegment into) {
            return mortal(() -> pipe.read(into));
        }

        @Override
        public long write(MemorySegment from) {
            if (callsLeft == 1 && from.byteSize() > PAGE) {
                pipe.write(from.asSlice(0, PAGE));
                throw new Killed();
            }
            return mortal(() -> pipe.write(from));
        }

        @Override
        public long moveTo(Pipe target, long most) {
            return mortal(() -> pipe.moveTo(((Mortal) target).pipe, most));
        }

        @Override
        public long copyTo(Pipe target, long most) {
            return mortal(() -> pipe.copyTo(((Mortal) target).pipe, most));
        }

        @Override
        public long discard(long most) {
            if (callsLeft == 1 && most > 1) {
                pipe.discard(most / 2);
                throw new Killed();
            }
            return mortal(() -> pipe.discard(most));
        }

        @Override
        public long waiting() {
            return pipe.waiting();
        }

        @Override
        public long capacity() {
            return pipe.capacity();
        }

        @Override
        public void close() {
            pipe.close();
        }
    }
}
