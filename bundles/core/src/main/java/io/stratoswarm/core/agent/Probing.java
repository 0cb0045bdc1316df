package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentPhase;
import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.api.agent.AgentSpec.Probe;
import io.stratoswarm.api.agent.AgentSpec.ProbeAction;
import io.stratoswarm.core.process.ProcessHost.ExecResult;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Readiness, liveness and the watchdog. A change of what they say is an event; a single result is not. Liveness is asked once an
 * agent is ready, so that a slow start is not taken for an illness.
 */
final class Probing {
    private static final Logger LOG = LoggerFactory.getLogger(Probing.class);
    /** Past a probe's own time limit the owner no longer waits for its result. */
    private static final long SLACK_MILLIS = 1_000;
    /** How far back output is searched for a pattern where the agent was adopted. */
    private static final int BACKLOG_LINES = 10_000;

    private final Context context;
    private final Starts starts;
    private final Stops stops;

    Probing(Context context, Starts starts, Stops stops) {
        this.context = context;
        this.starts = starts;
        this.stops = stops;
    }

    private final class Series {
        final Run run;
        final AgentSpec spec;
        final Probe probe;
        final boolean liveness;
        int well;
        int ill;
        /** Results of earlier asks come too late to count. */
        int asked;

        Series(Run run, AgentSpec spec, Probe probe, boolean liveness) {
            this.run = run;
            this.spec = spec;
            this.probe = probe;
            this.liveness = liveness;
        }

        void askIn(long millis) {
            context.after(millis * Texts.MILLI, this::ask);
        }

        private boolean over() {
            AgentState state = context.current(run.agent, run.incarnation);
            return run.ended() || state == null || state.phase == AgentPhase.STOPPING || (!liveness && state.ready);
        }

        private void ask() {
            if (over()) {
                return;
            }
            int ask = ++asked;
            var unused = begin().whenComplete((result, e) -> {
                if (result != null) {
                    context.times.took(run.agent, liveness, probe, result);
                }
                context.post(() -> answered(
                        ask, result != null ? result : new Prober.Result(false, "probe fails: " + e.getMessage())));
            });
            context.after(
                    (probe.timeoutMillis() + SLACK_MILLIS) * Texts.MILLI,
                    () -> answered(
                            ask, new Prober.Result(false, "no answer within " + Texts.millis(probe.timeoutMillis()))));
        }

        private CompletableFuture<Prober.Result> begin() {
            try {
                return switch (probe.action()) {
                    case ProbeAction.Tcp tcp -> context.prober.tcp(tcp, probe.timeoutMillis());
                    case ProbeAction.Http http -> context.prober.http(http, probe.timeoutMillis());
                    case ProbeAction.Exec exec -> {
                        long began = context.monotonic.getAsLong();
                        yield context.host
                                .exec(run.agent, spec, exec.command(), probe.timeoutMillis())
                                .thenApply(result -> judge(exec, result, context.monotonic.getAsLong() - began));
                    }
                    case ProbeAction.NotifyFd a -> throw new IllegalStateException("a notification is not asked for");
                    case ProbeAction.NotifySocket a ->
                        throw new IllegalStateException("a notification is not asked for");
                    case ProbeAction.LogPattern a -> throw new IllegalStateException("a log pattern is not asked for");
                };
            } catch (RuntimeException e) {
                return CompletableFuture.completedFuture(new Prober.Result(false, "probe fails: " + e.getMessage()));
            }
        }

        private Prober.Result judge(ProbeAction.Exec exec, ExecResult result, long nanos) {
            String command = String.join(" ", exec.command());
            String how = result.timedOut()
                    ? "does not end within " + Texts.millis(probe.timeoutMillis())
                    : "ends with " + Texts.exit(result.status());
            return new Prober.Result(result.status().success() && !result.timedOut(), command + " " + how, nanos);
        }

        private void answered(int ask, Prober.Result result) {
            if (ask != asked || over()) {
                return;
            }
            asked++;
            well = result.well() ? well + 1 : 0;
            ill = result.well() ? 0 : ill + 1;
            if (liveness) {
                if (well == Math.max(1, probe.successThreshold())) {
                    healthy(run, result.detail());
                } else if (ill == Math.max(1, probe.failureThreshold())) {
                    unhealthy(run, "liveness failed " + Texts.count(ill, "time") + ": " + result.detail());
                }
            } else if (well >= Math.max(1, probe.successThreshold())) {
                ready(run, result.detail());
            } else {
                context.answers.put(run.agent, new Context.Answer(run.incarnation, result.detail()));
            }
            askIn(Math.max(1, probe.intervalMillis()));
        }
    }

    /** Begins what the spec asks for; the agent's program runs. */
    void begin(Run run, long startedNanos) {
        AgentState state = context.current(run.agent, run.incarnation);
        if (state == null || run.probed) {
            return;
        }
        run.probed = true;
        run.beganNanos = context.monotonic.getAsLong() - Math.max(0, context.ledger.wall() - startedNanos);
        AgentSpec spec = context.decided().spec(state);
        if (!state.ready) {
            spec.readiness().ifPresent(probe -> readiness(run, spec, probe, startedNanos));
        } else {
            live(run, spec);
        }
        spec.watchdogMillis().ifPresent(millis -> {
            run.watchdogNanos = context.monotonic.getAsLong();
            watchdog(run, millis);
        });
    }

    private void readiness(Run run, AgentSpec spec, Probe probe, long startedNanos) {
        switch (probe.action()) {
            case ProbeAction.NotifyFd a -> announced(run);
            case ProbeAction.NotifySocket a -> announced(run);
            case ProbeAction.LogPattern pattern -> watchLog(run, pattern, startedNanos);
            default -> new Series(run, spec, probe, false).askIn(probe.initialDelayMillis());
        }
    }

    private void live(Run run, AgentSpec spec) {
        spec.liveness().ifPresent(probe -> new Series(run, spec, probe, true).askIn(probe.initialDelayMillis()));
    }

    /** The agent announced readiness; it counts where its readiness is a notification. */
    void announced(Run run) {
        AgentState state = context.current(run.agent, run.incarnation);
        if (state == null || !run.announcedReady || !run.probed) {
            return;
        }
        boolean notifies = context.decided()
                .spec(state)
                .readiness()
                .filter(p ->
                        p.action() instanceof ProbeAction.NotifyFd || p.action() instanceof ProbeAction.NotifySocket)
                .isPresent();
        if (notifies) {
            ready(run, "it said so");
        }
    }

    private void watchLog(Run run, ProbeAction.LogPattern pattern, long startedNanos) {
        Pattern regex = Pattern.compile(pattern.regex());
        // The daemon may have asked for the start a little before the kernel's own start time; one of them is known.
        long from = (run.issuedNanos != 0 ? Math.min(run.issuedNanos, startedNanos) : startedNanos) / Texts.MILLI;
        try {
            run.watchesLog(context.host.followLog(run.agent, BACKLOG_LINES, line -> {
                boolean ours = line.timeMillis() == 0 || line.timeMillis() >= from;
                if (ours && regex.matcher(line.text()).find()) {
                    context.post(() -> {
                        closeWatch(run);
                        ready(run, "its output matches " + pattern.regex());
                    });
                }
            }));
        } catch (Exception e) {
            LOG.warn("The output of agent {} cannot be watched for its readiness: {}", run.agent, e.getMessage(), e);
        }
    }

    private static void closeWatch(Run run) {
        AutoCloseable watch = run.takeLogWatch();
        if (watch != null) {
            // A close may wait for the follower's thread, and the owner must not.
            Thread.ofVirtual().name("log-watch-close").start(() -> {
                try {
                    watch.close();
                } catch (Exception e) {
                    LOG.warn("The watch of the output of agent {} could not be closed", run.agent, e);
                }
            });
        }
    }

    private void ready(Run run, String detail) {
        AgentState state = context.current(run.agent, run.incarnation);
        if (state == null || state.ready || state.phase == AgentPhase.STOPPING || state.phase == AgentPhase.STARTING) {
            return;
        }
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        context.answers.remove(run.agent);
        String why = "ready after " + Texts.duration(context.monotonic.getAsLong() - run.beganNanos) + ": " + detail;
        d.agent(
                Events.READY,
                run.agent,
                d.at().put("incarnation", run.incarnation).put("why", why));
        starts.startDependants(d, state);
        context.commit(d, () -> ready(run, detail));
        live(run, context.decided().spec(state));
    }

    private void healthy(Run run, String detail) {
        AgentState state = context.current(run.agent, run.incarnation);
        if (state == null || state.healthy || state.phase == AgentPhase.STOPPING) {
            return;
        }
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        d.agent(
                Events.HEALTHY,
                run.agent,
                d.at().put("incarnation", run.incarnation).put("why", "healthy: " + detail));
        starts.startDependants(d, state);
        context.commit(d, () -> healthy(run, detail));
    }

    private void unhealthy(Run run, String why) {
        AgentState state = context.current(run.agent, run.incarnation);
        if (state == null || state.phase == AgentPhase.UNHEALTHY || state.phase == AgentPhase.STOPPING) {
            return;
        }
        Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
        d.agent(
                Events.UNHEALTHY,
                run.agent,
                d.at().put("incarnation", run.incarnation).put("why", why));
        AgentState ill = context.decided().agent(run.agent);
        if (ill != null && ill.lease == null) {
            stops.ofIll(d, ill);
        }
        context.commit(d, () -> unhealthy(run, why));
    }

    private void watchdog(Run run, long millis) {
        context.timers.at(run.watchdogNanos + millis * Texts.MILLI, () -> {
            AgentState state = context.current(run.agent, run.incarnation);
            if (state == null || run.ended() || state.phase == AgentPhase.STOPPING) {
                return;
            }
            if (context.monotonic.getAsLong() - run.watchdogNanos >= millis * Texts.MILLI) {
                unhealthy(run, "no WATCHDOG=1 within " + Texts.millis(millis));
            } else {
                watchdog(run, millis);
            }
        });
    }

    void end(Run run) {
        context.answers.remove(run.agent);
        closeWatch(run);
    }
}
