package io.stratoswarm.core.script.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.AgentStatus;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.api.script.LoadedScript;
import io.stratoswarm.api.script.ScriptOutcome;
import io.stratoswarm.core.script.JsonNodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One probe that runs: asks about each agent, or the host, in one batch a period, and passes on what it says. */
final class ProbeRun implements AutoCloseable {
    static final String FAILED = "AgentProbeFailed";
    static final String RECOVERED = "AgentProbeRecovered";

    private static final Logger LOG = LoggerFactory.getLogger(ProbeRun.class);
    private static final long CALL_MILLIS = 120_000;

    private final KindParts parts;
    private final LoadedScript version;
    private final ProbeSettings settings;
    private final String name;
    private final Waits waits = new Waits();
    private final ReentrantLock turn = new ReentrantLock();
    private final Map<String, Verdict> verdicts = new HashMap<>();
    private Alarms.@Nullable Alarm alarm;
    private @Nullable Metrics declaredTo;
    private String metricsFault = "";

    private static final class Verdict {
        int ill;
        boolean told;
    }

    ProbeRun(KindParts parts, LoadedScript version) {
        this.parts = parts;
        this.version = version;
        this.settings = ProbeSettings.of(new Settings(version.header().settings()));
        this.name = version.header().name();
    }

    void start() {
        wind();
    }

    private void wind() {
        if (!waits.isClosed()) {
            alarm = parts.alarms().after(settings.everyMillis(), this::ring);
        }
    }

    private void ring() {
        turn.lock();
        try {
            if (!waits.isClosed()) {
                probe();
            }
        } catch (RuntimeException e) {
            LOG.error("script {}: it could not be asked: {}", name, e.getMessage(), e);
        } finally {
            wind();
            turn.unlock();
        }
    }

    private void probe() {
        List<String> subjects = new ArrayList<>();
        List<String> inputs = new ArrayList<>();
        if (settings.agents().isEmpty()) {
            subjects.add(Series.HOST);
            inputs.add(JsonNodes.write(input(Series.HOST)));
        } else {
            Agents agents = parts.agents().get().orElse(null);
            if (agents == null) {
                return; // They are being recovered; the next time they are there.
            }
            for (AgentStatus agent : Shapes.selected(agents, settings.agents())) {
                if (agent.phase().running()) {
                    ObjectNode input = input(agent.id());
                    input.set("agent", Shapes.agent(agent));
                    input.set("log", Shapes.log(agents, agent.id(), settings.log()));
                    subjects.add(agent.id());
                    inputs.add(JsonNodes.write(input));
                }
            }
        }
        verdicts.keySet().retainAll(subjects);
        if (inputs.isEmpty()) {
            return;
        }
        try {
            Optional<List<ScriptOutcome>> outcomes =
                    waits.on(version.call("timer, every " + settings.everyMillis() + " ms", inputs), CALL_MILLIS);
            if (outcomes.isPresent()) {
                taken(subjects, outcomes.get());
            }
        } catch (TimeoutException | ExecutionException e) {
            LOG.error("script {}: a call did not end: {}", name, e.toString(), e);
        }
    }

    private ObjectNode input(String subject) {
        ObjectNode input = Shapes.object().put("time", Shapes.time(parts.nanos()));
        ObjectNode values = input.putObject("metrics");
        parts.metrics().get().ifPresent(metrics -> {
            for (Sample sample : metrics.latest(subject)) {
                if (!Double.isNaN(sample.value()) && !Double.isInfinite(sample.value())) {
                    values.put(key(sample.series()), sample.value());
                }
            }
        });
        input.putArray("log");
        return input;
    }

    private static String key(Series series) {
        if (series.labels().isEmpty()) {
            return series.name();
        }
        List<String> labels = new ArrayList<>();
        series.labels().forEach((key, value) -> labels.add(key + "=" + value));
        return series.name() + "{" + String.join(",", labels) + "}";
    }

    private void taken(List<String> subjects, List<ScriptOutcome> outcomes) {
        List<Sample> samples = new ArrayList<>();
        long millis = parts.nanos() / 1_000_000L;
        for (int i = 0; i < outcomes.size(); i++) {
            if (!outcomes.get(i).ok()) {
                continue; // Not measured; its trace says why.
            }
            JsonNode output = JsonNodes.known(outcomes.get(i).output());
            String subject = subjects.get(i);
            if (output.has("value")) {
                samples.add(new Sample(
                        Series.of(subject, settings.metrics().getFirst().name()),
                        millis,
                        output.path("value").doubleValue()));
            }
            output.path("metrics")
                    .fields()
                    .forEachRemaining(each -> samples.add(new Sample(
                            Series.of(subject, each.getKey()),
                            millis,
                            each.getValue().doubleValue())));
            if (settings.health() && output.has("healthy")) {
                judged(
                        subject,
                        output.path("healthy").booleanValue(),
                        output.path("reason").asText(""));
            }
        }
        record(samples);
    }

    private void record(List<Sample> samples) {
        Metrics metrics = parts.metrics().get().orElse(null);
        if (metrics == null || samples.isEmpty()) {
            return;
        }
        try {
            if (metrics != declaredTo) {
                for (MetricInfo info : settings.metrics()) {
                    metrics.declare(info);
                }
                declaredTo = metrics;
            }
            metrics.record(samples);
            metricsFault = "";
        } catch (StratoswarmException e) {
            String fault = String.valueOf(e.getMessage());
            if (!fault.equals(metricsFault)) {
                metricsFault = fault;
                LOG.warn("script {}: what it measured is not taken: {}", name, fault);
            }
        }
    }

    /** A change of what it says is an event; a single judgement is not. */
    private void judged(String subject, boolean healthy, String reason) {
        Verdict verdict = verdicts.computeIfAbsent(subject, each -> new Verdict());
        if (healthy) {
            verdict.ill = 0;
            if (verdict.told) {
                verdict.told = false;
                tell(RECOVERED, subject, reason.isEmpty() ? "healthy again" : reason);
            }
            return;
        }
        verdict.ill++;
        if (verdict.ill >= settings.failures() && !verdict.told) {
            verdict.told = true;
            tell(FAILED, subject, reason.isEmpty() ? "unhealthy" : reason);
        }
    }

    private void tell(String type, String subject, String reason) {
        try {
            parts.ledger()
                    .append(
                            type,
                            name,
                            "script:" + name,
                            List.of(),
                            Shapes.object()
                                    .put("script", name)
                                    .put("sha256", version.hash())
                                    .put("agent", subject)
                                    .put("reason", reason));
        } catch (StratoswarmException e) {
            verdicts.computeIfAbsent(subject, each -> new Verdict()).told = !type.equals(FAILED);
            LOG.error("script {}: its judgement about {} could not be recorded: {}", name, subject, e.getMessage(), e);
        }
    }

    /** Returns once nothing of it runs any more. */
    @Override
    public void close() {
        waits.close();
        turn.lock();
        try {
            if (alarm != null) {
                alarm.cancel();
            }
        } finally {
            turn.unlock();
        }
    }
}
