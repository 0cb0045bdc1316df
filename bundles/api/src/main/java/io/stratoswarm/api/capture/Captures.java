package io.stratoswarm.api.capture;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.Checkpoint;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Takes captures and answers from those that are kept. A capture holds whatever its agents held, secrets too: it is encrypted where it
 * is stored, and each look at its contents is recorded as an event of its actor.
 *
 * <p>Kinds of failure: NOT_FOUND for a capture, part or agent that is not there, INVALID for a request that makes no sense, UNAVAILABLE
 * for what this host or version does not do, CONFLICT where too many captures wait already, DAMAGED where stored data is.
 */
@ProviderType
public interface Captures {
    /** Copies each agent while it is stopped. */
    String STOP_COPY = "stop-copy";
    /** Copies a child of the agent that shares its memory copy-on-write. */
    String FORK = "fork";
    /** Follows writes by userfaultfd. */
    String DIRTY = "dirty";
    /** As {@link #STOP_COPY}, and makes images by CRIU, from which agents can be restored. */
    String CRIU = "criu";

    /**
     * What to capture.
     *
     * @param agents agents, nodes or graphs; empty for all agents that run
     * @param mode one of the constants
     * @param consistent whether all agents are to stand still at one moment; else each does for itself
     * @param hostOnly only the host, no agents
     * @param reason one line: what it is for
     * @param causes events that it was asked for by
     */
    record Request(
            List<String> agents, String mode, boolean consistent, boolean hostOnly, String reason, List<Cause> causes) {
        public Request {
            agents = List.copyOf(agents);
            causes = List.copyOf(causes);
        }

        /** Of all agents, as it is done where nothing else is asked for. */
        public static Request all(String reason) {
            return new Request(List.of(), STOP_COPY, false, false, reason, List.of());
        }
    }

    /**
     * A captured agent.
     *
     * @param id the agent
     * @param pids its processes, the main one first
     * @param threads threads of them all
     * @param stoppedMicros how long it was stopped; for the whole group where the capture is consistent
     * @param stoppedAtMicros when it was stopped, counted from when the first agent was
     * @param bytes memory that was copied
     * @param problems why it is not whole; empty where it is
     */
    record Agent(
            String id,
            List<Integer> pids,
            int threads,
            long stoppedMicros,
            long stoppedAtMicros,
            long bytes,
            List<String> problems) {
        public Agent {
            pids = List.copyOf(pids);
            problems = List.copyOf(problems);
        }
    }

    /**
     * A capture.
     *
     * @param number from 1, never used again
     * @param timeNanos when it was begun
     * @param spreadMicros between the first and the last moment at which agents were stopped; 0 where consistent
     * @param root of the Merkle tree over its parts, in lower-case hexadecimal
     * @param parts leaves of that tree
     * @param bytes memory that it describes
     * @param pages pages of memory that it describes
     * @param changedPages those of them that were not known from the capture of the same process before
     * @param storedBytes what it added to the store; what was there already costs nothing
     * @param checkpoint of the journal, taken with it
     * @param event sequence of its {@code StateCaptured}, where that is durable
     */
    record Capture(
            long number,
            long timeNanos,
            String actor,
            String reason,
            String mode,
            boolean consistent,
            List<Agent> agents,
            long spreadMicros,
            String root,
            long parts,
            long bytes,
            long pages,
            long changedPages,
            long storedBytes,
            long wallMicros,
            Checkpoint checkpoint,
            OptionalLong event) {
        public Capture {
            agents = List.copyOf(agents);
        }

        /** Whether something is missing that should be there. */
        public boolean partial() {
            return agents.stream().anyMatch(it -> !it.problems().isEmpty());
        }
    }

    /** A part's place in the tree. */
    record PartInfo(long index, String name, String mediaType, String leafHash) {}

    /** A part with its content. */
    record Content(String name, String mediaType, byte[] bytes) {
        public Content {
            bytes = bytes.clone();
        }

        @Override
        public byte[] bytes() {
            return bytes.clone();
        }
    }

    /**
     * A part that differs.
     *
     * @param change {@code added}, {@code removed} or {@code changed}
     * @param pages for memory, how many pages differ
     */
    record Difference(String name, String change, long pages) {}

    /** How two captures differ; memory by whole parts of 64 KiB, with the pages in them counted. */
    record Diff(long before, long after, long same, List<Difference> differences) {
        public Diff {
            differences = List.copyOf(differences);
        }
    }

    /** @param problems what does not hold; empty where all does */
    record Verification(long number, String root, long parts, long pages, List<String> problems) {
        public Verification {
            problems = List.copyOf(problems);
        }

        public boolean good() {
            return problems.isEmpty();
        }
    }

    /**
     * That a part belongs to a capture: RFC 6962 section 2.1.1.
     *
     * @param path hashes from the leaf upwards, in lower-case hexadecimal
     * @param event sequence of the event that holds the root, which the journal proves
     */
    record Proof(long number, PartInfo part, long size, List<String> path, String root, OptionalLong event) {
        public Proof {
            path = List.copyOf(path);
        }
    }

    /** Takes pieces of a file in ascending order; what lies between them is zeros. */
    interface Sink {
        /** Called first. */
        void length(long bytes) throws IOException;

        void write(long offset, byte[] bytes) throws IOException;
    }

    /** Completes once the capture is durable and its event as well. */
    CompletableFuture<Capture> capture(Request request, String actor);

    /**
     * Called by who is about to do something that may go wrong: takes a capture first where the settings ask for that, and completes at
     * once where they do not. Never completes exceptionally: that no capture could be taken is logged, and hinders nothing.
     *
     * @param agents what it is done to; where nothing of it runs there is nothing to capture
     * @param reason one line: what is about to be done
     */
    CompletableFuture<Optional<Capture>> beforeRisky(List<String> agents, String reason, String actor);

    /** Newest first. */
    List<Capture> list(int limit);

    Capture get(long number);

    /** Parts whose names begin so; empty text for all. */
    List<PartInfo> parts(long number, String prefix);

    /** A part's content. Recorded. */
    Content part(long number, String name, String actor);

    /** Recorded, for it tells which memory changed. */
    Diff diff(long before, long after, String actor);

    /** Reads all of it and checks every hash, up to the root in the event. */
    Verification verify(long number);

    Proof prove(long number, String name);

    /**
     * Writes a process of an agent as a core file. Recorded.
     *
     * @param pid which of its processes; the main one where empty
     * @throws StratoswarmException kind NOT_FOUND where the capture does not hold it
     */
    void export(long number, String agent, Optional<Integer> pid, Sink sink, String actor) throws IOException;

    /**
     * Starts an agent anew from a capture of the mode {@link #CRIU}: what runs of it is stopped, and its process and those that descended
     * from it go on from where they were captured. Completes with its main process once that runs. Recorded. Kinds of failure besides:
     * CONFLICT where flows are connected to it or a number of its processes is taken, SYSTEM where it did not work; its command is
     * started then, as its restart policy says.
     */
    CompletableFuture<Integer> restore(long number, String agent, String actor);

    /** Removes a capture and gives back its space; the event with its root stays. */
    CompletableFuture<Void> remove(long number, String actor);
}
