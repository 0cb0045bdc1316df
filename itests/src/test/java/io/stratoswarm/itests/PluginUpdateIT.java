package io.stratoswarm.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/** What many updates of a plugin leave behind, and what a reactor sees of the events during its update. */
@ExtendWith(DaemonExtension.class)
class PluginUpdateIT {
    private static final int UPDATES = Integer.getInteger("stratoswarm.plugin.updates", 50);
    private static final int EVENTS = 100;
    private static final long LIMIT_MILLIS = 10_000;

    @Test
    void shouldLeakNoClassLoaderThreadOrPort(Daemon daemon) throws Exception {
        int port = freePort();
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        long began = System.nanoTime();
        for (int update = 1; update <= UPDATES; update++) {
            String version = "1.0." + update;
            daemon.drop("server.jar", server(version, port));
            Await.until(
                    "version " + version + " active",
                    LIMIT_MILLIS,
                    () -> daemon.findBundle("com.example.server")
                            .filter(it -> it.getState() == Bundle.ACTIVE
                                    && it.getVersion().toString().equals(version))
                            .isPresent(),
                    daemon::plugins);
            loaders.add(new WeakReference<>(daemon.bundle("com.example.server")
                    .adapt(BundleWiring.class)
                    .getClassLoader()));
            Await.until(
                    "one thread, the present version's",
                    LIMIT_MILLIS,
                    () -> threads("plugin-server").size() == 1);
        }
        System.out.printf("%d updates in %.1f s%n", UPDATES, (System.nanoTime() - began) / 1e9);
        Files.delete(daemon.deployFolder().resolve("server.jar"));
        Await.until(
                "uninstalled",
                LIMIT_MILLIS,
                () -> daemon.findBundle("com.example.server").isEmpty());

        assertEquals(List.of(), threads("plugin-server"));
        try (ServerSocket again = new ServerSocket(port)) {
            assertTrue(again.isBound(), "the port is free again");
        }
        Await.until(
                "class loaders collected",
                LIMIT_MILLIS,
                () -> {
                    System.gc();
                    return loaders.stream().allMatch(it -> it.get() == null);
                },
                () -> loaders.stream().filter(it -> it.get() != null).count() + " of " + loaders.size() + " are left");
    }

    @Test
    void shouldGiveAReactorEveryEventOnceWhileItIsUpdated(Daemon daemon) throws Exception {
        daemon.drop("reactor.jar", reactor("1.0.0"));
        Await.until("active", LIMIT_MILLIS, () -> daemon.stateOf("reactor.jar").equals("active"), daemon::plugins);
        Appender appender = new Appender(daemon);
        Set<String> versions = new HashSet<>();
        for (int i = 0; i < EVENTS; i++) {
            appender.append("ItestAsked", "{\"number\":" + i + "}");
            if (i % 20 == 10) {
                daemon.drop("reactor.jar", reactor("1.0." + i));
            }
            Thread.sleep(30);
        }
        Await.until(
                "all answered",
                LIMIT_MILLIS,
                () -> daemon.events("ItestAnswered").size() >= EVENTS,
                () -> daemon.events("ItestAnswered").size());
        Thread.sleep(500);

        List<Long> numbers = new ArrayList<>();
        for (String answer : daemon.events("ItestAnswered")) {
            String[] parts = answer.replaceAll("[^0-9. ]", " ").strip().split("\\s+");
            numbers.add(Long.parseLong(parts[0]));
            versions.add(parts[1]);
        }
        assertEquals(LongStream.range(0, EVENTS).boxed().toList(), numbers, "each once, in order");
        assertTrue(versions.size() >= 3, "several versions of the plugin answered: " + versions);
    }

    /** Appends through the journal service, by reflection. */
    private static final class Appender {
        private final Object journal;
        private final Class<?> draft;
        private final Class<?> append;

        Appender(Daemon daemon) throws ClassNotFoundException {
            journal = daemon.service("io.stratoswarm.api.journal.Journal");
            Bundle api = daemon.bundle("io.stratoswarm.api");
            draft = api.loadClass("io.stratoswarm.api.journal.EventDraft");
            append = api.loadClass("io.stratoswarm.api.journal.Append");
        }

        void append(String type, String json) throws Exception {
            Object event = draft.getMethod(
                            "json", String.class, String.class, String.class, String.class, List.class, String.class)
                    .invoke(null, type, "itests", "itest", "system", List.of(), json);
            Object request = append.getMethod("of", List.class).invoke(null, List.of(event));
            ((java.util.concurrent.Future<?>) Daemon.call(journal, "append", request)).get();
        }
    }

    private static byte[] server(String version, int port) throws Exception {
        return PluginJar.of("com.example.server", version)
                .source("com.example.server.Server", """
                        package com.example.server;
                        import java.net.ServerSocket;
                        public class Server implements Runnable {
                            private ServerSocket socket;
                            private Thread thread;
                            public void activate() throws Exception {
                                socket = new ServerSocket(%d);
                                thread = new Thread(this, "plugin-server");
                                thread.start();
                            }
                            public void deactivate() throws Exception { socket.close(); thread.join(); }
                            public void run() {
                                try { while (true) socket.accept().close(); }
                                catch (java.io.IOException closed) { return; }
                            }
                        }
                        """.formatted(port))
                .component("com.example.server.Server", "java.lang.Runnable", "")
                .build();
    }

    private static byte[] reactor(String version) throws Exception {
        return PluginJar.of("com.example.reactor", version)
                .header("Import-Package", "io.stratoswarm.api.journal;version=\"[1,2)\"")
                .source("com.example.reactor.Answerer", """
                        package com.example.reactor;
                        import io.stratoswarm.api.journal.*;
                        import java.util.List;
                        public class Answerer implements Reactor {
                            private Journal journal;
                            public void bind(Journal it) { journal = it; }
                            public void activate() {}
                            public void deactivate() {}
                            public String id() { return "itest.answerer"; }
                            public void on(Event event) throws Exception {
                                if (!event.type().equals("ItestAsked")) return;
                                String number = event.payloadText().replaceAll("[^0-9]", "");
                                EventDraft answer = EventDraft.json("ItestAnswered", "itests", "itest", "reactor:itest",
                                        List.of(event.asCause()), "{\\"number\\":" + number + ",\\"by\\":\\"%s\\"}");
                                journal.append(Append.of(answer).withKey(id() + "/" + event.sequence())).get();
                            }
                        }
                        """.formatted(version))
                .component(
                        "com.example.reactor.Answerer",
                        "io.stratoswarm.api.journal.Reactor",
                        "<reference name=\"journal\" interface=\"io.stratoswarm.api.journal.Journal\" bind=\"bind\"/>")
                .build();
    }

    private static List<String> threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(it -> it.equals(name))
                .toList();
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
