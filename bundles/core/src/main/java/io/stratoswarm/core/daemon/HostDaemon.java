package io.stratoswarm.core.daemon;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.agent.Agents;
import io.stratoswarm.api.host.Daemon;
import io.stratoswarm.api.journal.Append;
import io.stratoswarm.api.journal.EventDraft;
import io.stratoswarm.api.journal.Journal;
import io.stratoswarm.api.journal.Receipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the framework, and leaves word for the launcher, which owns the process, about what comes next: system properties, since
 * the launcher shares no class with a bundle.
 */
@Component(immediate = true)
public final class HostDaemon implements Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(HostDaemon.class);
    private static final String NEXT = "stratoswarm.next";
    private static final String NEXT_HOME = "stratoswarm.next.home";
    private static final String SOURCE = "core.daemon";
    private static final String SUBJECT = "daemon";
    private static final String SYSTEM = "system";
    private static final long ANSWER_MILLIS = 200;
    private static final long LIMIT_SECONDS = 5;

    private final BundleContext context;
    private final Journal journal;
    private final long startedNanos;

    @Activate
    public HostDaemon(BundleContext context, @Reference Journal journal) {
        this(context, journal, InstantSource.system());
    }

    HostDaemon(BundleContext context, Journal journal, InstantSource time) {
        this.context = context;
        this.journal = journal;
        Instant now = time.instant();
        startedNanos = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    @Deactivate
    public void close() throws InterruptedException {
        try {
            record("DaemonStopped", SYSTEM, "{}").get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the end of the daemon could not be recorded: {}", String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public String version() {
        return property("stratoswarm.version");
    }

    @Override
    public long startedNanos() {
        return startedNanos;
    }

    @Override
    public String home() {
        return property("stratoswarm.home");
    }

    @Override
    public String data() {
        return property("stratoswarm.data");
    }

    /** Ends the daemon whatever the journal says: on a full disk an operator who wants it down must not be refused. */
    @Override
    public CompletableFuture<Void> shutdown(boolean stopAgents, String actor) {
        return record("DaemonShutdownRequested", actor, "{\"stopAgents\":" + stopAgents + "}")
                .handle((receipt, failure) -> {
                    if (failure != null) {
                        LOG.warn("the shutdown that {} requested could not be recorded: {}", actor, reason(failure));
                    }
                    return stopAgents ? stopAgents(actor) : CompletableFuture.completedFuture(List.<String>of());
                })
                .thenCompose(stopping -> stopping)
                .handle((stopped, failure) -> {
                    endSoon();
                    if (failure != null) {
                        throw new StratoswarmException(
                                kind(failure),
                                "the daemon ends, but agents run on, those whose stop cannot be recorded: "
                                        + reason(failure)
                                        + "; the next daemon adopts them",
                                failure);
                    }
                    return null;
                });
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static String reason(Throwable failure) {
        return String.valueOf(cause(failure).getMessage());
    }

    private static StratoswarmException.Kind kind(Throwable failure) {
        return cause(failure) instanceof StratoswarmException known ? known.kind() : StratoswarmException.Kind.SYSTEM;
    }

    @Override
    public CompletableFuture<Void> upgrade(Optional<String> newHome, String actor) {
        Distribution next;
        try {
            next = Distribution.examine(
                    newHome.orElse(home()), (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (RuntimeException | IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        String payload = "{\"fromVersion\":" + quote(version()) + ",\"toVersion\":" + quote(next.version())
                + ",\"home\":" + quote(next.home().toString()) + "}";
        return record("DaemonUpgradeRequested", actor, payload).thenAccept(receipt -> {
            System.setProperty(NEXT_HOME, next.home().toString());
            System.setProperty(NEXT, "upgrade");
            endSoon();
        });
    }

    private CompletableFuture<List<String>> stopAgents(String actor) {
        @Nullable ServiceReference<Agents> reference = context.getServiceReference(Agents.class);
        @Nullable Agents agents = reference == null ? null : context.getService(reference);
        if (agents == null) {
            LOG.warn("no agents are stopped: the service that runs them is not there");
            return CompletableFuture.completedFuture(List.of());
        }
        return agents.stopAll(actor);
    }

    /** Leaves the time to send an answer, and the calling thread, which may belong to a bundle that is about to be stopped. */
    private void endSoon() {
        Thread.ofPlatform().name("daemon-end").daemon().start(() -> {
            try {
                Thread.sleep(ANSWER_MILLIS);
                context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).stop();
            } catch (BundleException | InterruptedException e) {
                LOG.error(
                        "the daemon could not be ended; send SIGTERM to process {}",
                        ProcessHandle.current().pid(),
                        e);
            }
        });
    }

    private CompletableFuture<Receipt> record(String type, String actor, String payload) {
        return journal.append(Append.of(EventDraft.json(type, SOURCE, SUBJECT, actor, List.of(), payload)));
    }

    private String property(String name) {
        return Objects.requireNonNull(context.getProperty(name), name);
    }

    private static String quote(String text) {
        return com.fasterxml.jackson.databind.node.TextNode.valueOf(text).toString();
    }
}
