package io.stratoswarm.audit.replay;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.RestartPolicy;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.Cause;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.core.agent.AgentsPast;
import io.stratoswarm.core.agent.AgentsProjection;
import io.stratoswarm.core.agent.SpecCodec;
import io.stratoswarm.core.journal.JournalOptions;
import io.stratoswarm.core.journal.OpenJournal;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A history that a test writes event by event into a real journal, with a clock that it moves. */
public final class Story implements AutoCloseable {
    public static final long BEGIN = 1_767_268_800_000L;
    public final AtomicLong millis = new AtomicLong(BEGIN);
    public final OpenJournal open;

    public Story(Path folder) {
        open = new OpenJournal(
                folder, JournalOptions.DEFAULT, () -> Instant.ofEpochMilli(millis.get()), new SecureRandom());
        open.projections().add(new AgentsProjection());
    }

    public ReplayControl replays() {
        return new ReplayControl(open.journal(), open.past(), new AgentsPast(), open.blobs(), Optional::empty);
    }

    /** Seconds after the begin. */
    public Story at(double seconds) {
        millis.set(BEGIN + (long) (seconds * 1_000));
        return this;
    }

    /** Appends and returns the sequence; the fields are JSON without braces. */
    public long event(String type, String subject, String actor, String fields, long... causes) {
        String json = "{\"at\":" + millis.get() * 1_000_000 + (fields.isEmpty() ? "" : "," + fields) + "}";
        return open.journal()
                .append(Append.of(EventDraft.json(
                        type,
                        "core.agent",
                        subject,
                        actor,
                        Arrays.stream(causes)
                                .mapToObj(cause ->
                                        (Cause) new Cause.OfEvent(open.journal().id(), cause))
                                .toList(),
                        json)))
                .join()
                .firstSequence();
    }

    public void graph(String name) {
        event("GraphApplied", "graph/" + name, "uid:0", "\"generation\":1,\"description\":\"\",\"source\":\"x\"");
    }

    /** @param on nodes that it depends on */
    public long node(String graph, String node, int version, RestartPolicy restart, String... on) {
        AgentSpec plain = AgentSpec.of(java.util.List.of("/bin/sleep", String.valueOf(version)));
        String spec = SpecCodec.write(plain)
                .set("restart", SpecCodec.write(with(restart)).path("restart"))
                .toString();
        StringBuilder depends = new StringBuilder();
        for (String other : on) {
            depends.append(depends.isEmpty() ? "" : ",")
                    .append("{\"node\":\"" + other + "\",\"condition\":\"STARTED\"}");
        }
        return event(
                "NodeDeclared",
                "graph/" + graph,
                "uid:0",
                "\"node\":\"" + node + "\",\"version\":" + version + ",\"replicas\":1,\"spec\":" + spec
                        + ",\"dependsOn\":[" + depends + "]");
    }

    private static AgentSpec with(RestartPolicy restart) {
        AgentSpec plain = AgentSpec.of(java.util.List.of("/bin/true"));
        return new AgentSpec(
                plain.command(),
                plain.environment(),
                plain.secrets(),
                plain.workingDirectory(),
                plain.user(),
                plain.group(),
                plain.umask(),
                plain.rlimits(),
                plain.resources(),
                plain.niceness(),
                plain.affinity(),
                plain.lifecycle(),
                plain.schedule(),
                plain.hooks(),
                restart,
                plain.stop(),
                plain.readiness(),
                plain.liveness(),
                plain.watchdogMillis(),
                plain.log(),
                plain.labels());
    }

    public long starts(String agent, int incarnation, long... causes) {
        long asked = event(
                "AgentStartRequested",
                "agent/" + agent,
                "system",
                "\"why\":\"start\",\"restart\":" + (incarnation > 1) + ",\"streak\":0,\"keepFrom\":0,\"incarnation\":"
                        + incarnation + ",\"spec\":1",
                causes);
        return event(
                "AgentStarted",
                "agent/" + agent,
                "system",
                "\"incarnation\":" + incarnation + ",\"pid\":7,\"started\":1,\"ready\":true",
                asked);
    }

    public long exits(String agent, int code, long ranMillis, long... causes) {
        return event(
                "AgentExited",
                "agent/" + agent,
                "system",
                "\"incarnation\":1,\"code\":" + code + ",\"signal\":0,\"exit\":\"exit " + code + "\",\"ranMillis\":"
                        + ranMillis + ",\"why\":\"exit " + code + "\"",
                causes);
    }

    @Override
    public void close() {
        open.close();
    }
}
