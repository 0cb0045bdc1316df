package io.stratoswarm.core.template;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.metric.LogTemplate;
import io.stratoswarm.api.metric.LogTemplates;
import io.stratoswarm.api.metric.MetricInfo;
import io.stratoswarm.api.metric.Metrics;
import io.stratoswarm.api.metric.Sample;
import io.stratoswarm.api.metric.Series;
import io.stratoswarm.core.process.Footprint;
import io.stratoswarm.core.process.Footprints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Once a second reads what agents printed since, from their logs, and counts it by template. What comes faster than the limits is passed
 * over and counted in bytes, so a flood costs a fixed share of a processor and the counts become lower bounds.
 */
final class LogMiner implements LogTemplates {
    static final MetricInfo LINES = new MetricInfo(
            "log_lines_total",
            MetricInfo.Kind.COUNTER,
            "",
            "Lines of output by template; 'stratoswarm logs --templates' gives the texts.");
    static final MetricInfo PASSED_OVER = new MetricInfo(
            "log_unmined_bytes_total",
            MetricInfo.Kind.COUNTER,
            "bytes",
            "Output that was not put to a template, because there was too much of it.");

    /** Templates of one agent; all further lines fall under {@link #OTHER}. */
    static final int MOST_TEMPLATES = 128;
    /** Templates of all agents together: bounds memory to about 20 MiB. */
    static final int MOST_TEMPLATES_OF_ALL = 20_000;
    /** Bytes and lines a second of one agent. */
    static final int AGENT_BYTES = 256 << 10;

    static final int AGENT_LINES = 2_000;
    /** Lines a second of all agents. */
    static final int ALL_LINES = 10_000;

    static final String OTHER = "other";
    private static final int EMIT_EVERY = 15;
    private static final int EMIT_ALL_EVERY = 60;
    private static final int KEEP_EVERY = 60;
    private static final Logger LOG = LoggerFactory.getLogger(LogMiner.class);

    private final Footprints footprints;
    private final Metrics metrics;
    private final TemplateShelf shelf;
    private final InstantSource clock;
    private final Map<String, AgentTemplates> agents = new ConcurrentHashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    private final Set<String> complained = new HashSet<>();
    private long round;
    private int linesLeft;

    LogMiner(Footprints footprints, Metrics metrics, TemplateShelf shelf, InstantSource clock) {
        this.footprints = footprints;
        this.metrics = metrics;
        this.shelf = shelf;
        this.clock = clock;
        metrics.declare(LINES);
        metrics.declare(PASSED_OVER);
    }

    /** One round; nothing is read where nothing was printed. */
    void step() {
        round++;
        linesLeft = ALL_LINES;
        Set<String> there = new HashSet<>();
        for (Footprint agent : footprints.footprints()) {
            there.add(agent.agent());
            AgentTemplates known = agents.get(agent.agent());
            if (known == null) {
                if (agent.outputBytes() == 0) {
                    continue;
                }
                known = begin(agent);
            }
            if (known.newOutput(agent.outputBytes())) {
                mine(known);
            }
        }
        // An agent that was deleted; one that only stopped is still known.
        agents.keySet().removeIf(agent -> !there.contains(agent));
        if (round % EMIT_EVERY == 0) {
            emit(round % EMIT_ALL_EVERY == 0);
        }
        if (round % KEEP_EVERY == 0) {
            keep();
        }
    }

    private AgentTemplates begin(Footprint agent) {
        int held = agents.values().stream().mapToInt(AgentTemplates::size).sum();
        int most = Math.max(1, Math.min(MOST_TEMPLATES, MOST_TEMPLATES_OF_ALL - held));
        AgentTemplates fresh = new AgentTemplates(
                agent.agent(), footprints.place(agent.agent()).logs(), most);
        shelf.load(fresh);
        agents.put(agent.agent(), fresh);
        try {
            fresh.startBefore(agent.outputBytes());
        } catch (IOException e) {
            complain(agent.agent(), e);
        }
        return fresh;
    }

    private void mine(AgentTemplates agent) {
        try {
            int allowed = Math.min(AGENT_LINES, linesLeft);
            linesLeft -= agent.mine(buffer, allowed, AGENT_BYTES, clock.millis());
        } catch (IOException | java.io.UncheckedIOException e) {
            complain(agent.agent, e);
        }
    }

    private void complain(String agent, Exception e) {
        if (complained.add(agent)) {
            LOG.warn("the output of {} cannot be put to templates: {}", agent, e.getMessage());
        }
    }

    private void emit(boolean all) {
        long now = clock.millis();
        List<Sample> samples = new ArrayList<>();
        for (AgentTemplates agent : agents.values()) {
            if (all || agent.recent()) {
                agent.counts((id, lines) -> samples.add(
                        new Sample(Series.of(agent.agent, LINES.name(), Map.of("template", id)), now, lines)));
                if (agent.passedOver() > 0) {
                    samples.add(new Sample(Series.of(agent.agent, PASSED_OVER.name()), now, agent.passedOver()));
                }
            }
        }
        if (samples.isEmpty()) {
            return;
        }
        try {
            metrics.record(samples);
        } catch (StratoswarmException e) {
            LOG.debug("counts of log lines were refused", e);
            complainOnce(e);
        }
    }

    private void complainOnce(StratoswarmException e) {
        if (complained.add("")) {
            LOG.warn("counts of log lines cannot be recorded: {}", e.getMessage());
        }
    }

    /** Writes down the templates that came or changed. */
    void keep() {
        shelf.keep(agents.values());
    }

    @Override
    public List<LogTemplate> templates(String agent) {
        AgentTemplates known = agents.get(agent);
        return known == null ? shelf.read(agent) : known.list();
    }
}
