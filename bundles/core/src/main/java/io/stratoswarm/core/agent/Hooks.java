package io.stratoswarm.core.agent;

import io.stratoswarm.api.agent.AgentSpec;
import io.stratoswarm.core.process.ProcessHost.ExecResult;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs hooks. What a hook prints goes to the daemon's log and never into an event, since it may show a secret that the agent
 * was given.
 */
final class Hooks {
    private static final Logger LOG = LoggerFactory.getLogger(Hooks.class);

    private final Context context;

    Hooks(Context context) {
        this.context = context;
    }

    /** @param next given the failure in one line, or empty, on the owner's thread */
    void run(String agent, AgentSpec spec, String name, AgentSpec.Hook hook, Consumer<Optional<String>> next) {
        CompletableFuture<ExecResult> result;
        try {
            result = context.host.exec(agent, spec, hook.command(), hook.timeoutMillis());
        } catch (RuntimeException e) {
            result = CompletableFuture.failedFuture(e);
        }
        var unused = result.whenComplete((done, e) -> context.post(() -> {
            Optional<String> failure = failure(name, hook, done, e);
            if (failure.isPresent()) {
                LOG.warn(
                        "Agent {}: {}{}",
                        agent,
                        failure.get(),
                        done == null ? "" : "; it printed: " + done.output().strip());
                if (!name.equals("preStart")) {
                    record(agent, name, failure.get());
                }
            }
            next.accept(failure);
        }));
    }

    private void record(String agent, String name, String failure) {
        if (context.decided().agent(agent) != null) {
            Ledger.Decision d = context.ledger.decide(Events.SYSTEM);
            d.agent(Events.HOOK_FAILED, agent, d.at().put("hook", name).put("why", failure));
            context.commit(d, () -> record(agent, name, failure));
        }
    }

    private static Optional<String> failure(
            String name, AgentSpec.Hook hook, @Nullable ExecResult done, @Nullable Throwable e) {
        if (done == null) {
            return Optional.of("hook " + name + " could not be run: " + (e == null ? "no result" : e.getMessage()));
        }
        if (done.timedOut()) {
            return Optional.of("hook " + name + " did not end within " + Texts.millis(hook.timeoutMillis()));
        }
        return done.status().success()
                ? Optional.empty()
                : Optional.of("hook " + name + " ended with " + Texts.exit(done.status())
                        + (done.output().isBlank() ? "" : "; what it printed is in the daemon's log"));
    }
}
