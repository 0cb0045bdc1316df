package io.stratoswarm.core.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.journal.Projections;
import io.stratoswarm.api.store.BlobStore;
import io.stratoswarm.core.daemon.FatalFailure;
import io.stratoswarm.core.data.DataFolder;
import io.stratoswarm.core.testing.FakeClock;
import io.stratoswarm.core.testing.InMemoryJournal;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** A daemon that cannot supervise must end, and say why; it must not look well and do nothing. */
@Timeout(60)
class AgentComponentTest {
    @TempDir
    Path folder;

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<String> registered = new CopyOnWriteArrayList<>();
    private final InMemoryJournal journal = new InMemoryJournal(new FakeClock(Instant.parse("2026-03-01T12:00:00Z")));

    @BeforeEach
    @AfterEach
    void clear() {
        System.clearProperty(FatalFailure.REASON);
        System.clearProperty(FatalFailure.CODE);
    }

    private static <T> T fake(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** The few calls of the framework that the component makes; any other fails the test. */
    private BundleContext framework() {
        Bundle system = fake(Bundle.class, (p, method, a) -> {
            assertEquals("stop", method.getName());
            stopped.countDown();
            return null;
        });
        return fake(BundleContext.class, (p, method, a) -> switch (method.getName()) {
            case "getBundle" -> system;
            case "getProperty" -> null;
            case "registerService" -> {
                registered.add(((Class<?>) a[0]).getSimpleName());
                yield fake(ServiceRegistration.class, (q, m, b) -> null);
            }
            default -> throw new AssertionError(method.getName());
        });
    }

    private AgentComponent start(Projections projections) {
        return new AgentComponent(
                framework(), journal, projections, fake(BlobStore.class, (p, m, a) -> null), new DataFolder(folder));
    }

    private static Projections empty() {
        return fake(Projections.class, (p, m, a) -> StateCodec.encode(new AgentsState()));
    }

    @Test
    void shouldEndTheDaemonWhereTheStateCannotBeRead() throws Exception {
        AgentComponent component = start(fake(Projections.class, (p, m, a) -> {
            throw new StratoswarmException(Kind.DAMAGED, "event 7 cannot be read; run: stratoswarm journal verify");
        }));
        assertTrue(stopped.await(20, TimeUnit.SECONDS), "the framework runs on");
        assertEquals(
                "event 7 cannot be read; run: stratoswarm journal verify", System.getProperty(FatalFailure.REASON));
        assertEquals("65", System.getProperty(FatalFailure.CODE));
        assertEquals(List.of(), registered);
        component.close();
    }

    @Test
    void shouldEndTheDaemonWhereTheProcessHostCannotBeOpened() throws Exception {
        Files.writeString(folder.resolve("agents"), "a file where a folder must be");
        AgentComponent component = start(empty());
        assertTrue(stopped.await(20, TimeUnit.SECONDS), "the framework runs on");
        assertTrue(System.getProperty(FatalFailure.REASON)
                .contains(folder.resolve("agents").toString()));
        assertEquals("73", System.getProperty(FatalFailure.CODE));
        component.close();
    }

    @Test
    void shouldNotTakeItsOwnEndForAFailure() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        AgentComponent component = start(fake(Projections.class, (p, m, a) -> {
            asked.countDown();
            try {
                Thread.sleep(20_000);
            } catch (InterruptedException e) {
                throw new StratoswarmException(Kind.UNAVAILABLE, "interrupted while the state was read", e);
            }
            throw new AssertionError("nobody interrupted");
        }));
        assertTrue(asked.await(20, TimeUnit.SECONDS));
        component.close();
        assertNull(System.getProperty(FatalFailure.REASON));
        assertFalse(stopped.await(50, TimeUnit.MILLISECONDS));
    }

    @Test
    void shouldOfferItsServicesWhereAllIsWell() throws Exception {
        AgentComponent component = start(empty());
        for (int i = 0; i < 20_000 && registered.size() < 8; i++) {
            Thread.sleep(1);
        }
        component.close();
        assertEquals(
                List.of(
                        "Pipes",
                        "Graphs",
                        "Placements",
                        "Agents",
                        "AgentControls",
                        "Leases",
                        "Footprints",
                        "ProcessImages"),
                registered);
        assertNull(System.getProperty(FatalFailure.REASON));
    }
}
