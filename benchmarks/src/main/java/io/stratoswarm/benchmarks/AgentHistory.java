package io.stratoswarm.benchmarks;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Receipt;
import io.stratoswarm.core.agent.SpecCodec;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Writes what the supervisor writes when agents of one graph fail and are restarted again and again, one after another. */
final class AgentHistory {
    static final int EVENTS_OF_A_RESTART = 5;
    private static final int IN_FLIGHT = 4096;
    private static final long MILLI = 1_000_000;

    private final Journal journal;
    private final int agents;
    private final Semaphore room = new Semaphore(IN_FLIGHT);
    private final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
    private long at = 1_700_000_000_000_000_000L;
    private long turn;

    AgentHistory(Journal journal, int agents) {
        this.journal = journal;
        this.agents = agents;
    }

    /** Declares the graph; its agents start with the first turn of each. */
    void declare() {
        append(List.of(
                event(
                        "GraphApplied",
                        "graph/bench",
                        List.of(),
                        "\"generation\":1,\"description\":\"\",\"source\":\"bench.json\""),
                event(
                        "NodeDeclared",
                        "graph/bench",
                        List.of(new Cause.InSameAppend(0)),
                        "\"node\":\"worker\",\"version\":1,\"replicas\":" + agents
                                + ",\"spec\":" + SpecCodec.write(AgentSpec.of(List.of("/bin/sleep", "20")))
                                + ",\"dependsOn\":[]")));
        settle();
    }

    /** Writes at least so many events and waits until they are durable. */
    void write(long events) {
        for (long written = 0; written < events; written += EVENTS_OF_A_RESTART) {
            restart(turn % agents, turn / agents + 1);
            turn++;
        }
        settle();
    }

    private void restart(long agent, long incarnation) {
        String subject = "agent/bench/worker." + agent;
        at += 20 * MILLI;
        String why =
                incarnation == 1 ? "first start" : "restart " + (incarnation - 1) + " after signal KILL after 20.0 s";
        append(List.of(event(
                "AgentStartRequested",
                subject,
                List.of(),
                "\"why\":\"" + why + "\",\"restart\":" + (incarnation > 1) + ",\"streak\":"
                        + Math.min(incarnation - 1, 4) + ",\"keepFrom\":" + (at - 60_000 * MILLI) + ",\"incarnation\":"
                        + incarnation + ",\"spec\":1")));
        append(List.of(event(
                "AgentStarted",
                subject,
                List.of(),
                "\"incarnation\":" + incarnation + ",\"pid\":" + (1000 + turn % 30_000) + ",\"started\":" + at
                        + ",\"ready\":false")));
        append(List.of(
                event("AgentReady", subject, List.of(), "\"incarnation\":" + incarnation + ",\"why\":\"notified\"")));
        append(List.of(
                event(
                        "AgentExited",
                        subject,
                        List.of(),
                        "\"incarnation\":" + incarnation
                                + ",\"code\":-1,\"signal\":9,\"exit\":\"signal KILL\",\"ended\":" + at
                                + ",\"ranMillis\":20000,\"why\":\"signal KILL after 20.0 s\""),
                event(
                        "AgentRestartScheduled",
                        subject,
                        List.of(new Cause.InSameAppend(0)),
                        "\"due\":" + (at + 1000 * MILLI) + ",\"delayMillis\":1000,\"streak\":"
                                + Math.min(incarnation, 4) + ",\"number\":" + incarnation)));
    }

    private EventDraft event(String type, String subject, List<Cause> causes, String fields) {
        return EventDraft.json(type, "core.agent", subject, "system", causes, "{\"at\":" + at + "," + fields + "}");
    }

    private void append(List<EventDraft> events) {
        room.acquireUninterruptibly();
        journal.append(Append.of(events)).whenComplete(this::answered);
    }

    private void answered(@Nullable Receipt receipt, @Nullable Throwable failure) {
        if (failure != null) {
            failed.compareAndSet(null, failure);
        }
        room.release();
    }

    private void settle() {
        room.acquireUninterruptibly(IN_FLIGHT);
        room.release(IN_FLIGHT);
        Throwable failure = failed.get();
        if (failure != null) {
            throw new IllegalStateException("the journal refused an append: " + failure.getMessage(), failure);
        }
    }
}
