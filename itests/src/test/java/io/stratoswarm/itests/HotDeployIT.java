package io.stratoswarm.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

@ExtendWith(DaemonExtension.class)
class HotDeployIT {
    /** "About a second", with room for a machine that is busy with other things. */
    private static final long SOON_MILLIS = 5_000;

    @AfterEach
    void clear(Daemon daemon) throws Exception {
        Files.setPosixFilePermissions(daemon.deployFolder(), PosixFilePermissions.fromString("rwx------"));
        try (Stream<Path> files = Files.list(daemon.deployFolder())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Await.until(
                "all plugins are gone",
                SOON_MILLIS,
                () -> daemon.plugins().stream().allMatch(it -> "".equals(it.get("file"))));
        Await.until(
                "and their bundles",
                SOON_MILLIS,
                () -> Stream.of(daemon.context().getBundles())
                        .noneMatch(it -> it.getSymbolicName().startsWith("com.example.")));
    }

    @Test
    void shouldActivateADroppedJarAndLetItGo(Daemon daemon) throws Exception {
        daemon.drop("greeter.jar", greeter("1.0.0", "hello"));
        long millis =
                Await.until("greeting", SOON_MILLIS, () -> greeting(daemon).equals("hello"), daemon::plugins);
        System.out.printf("dropped jar active after %d ms%n", millis);

        Map<String, String> row = daemon.plugin("greeter.jar").orElseThrow();
        assertEquals("active", row.get("state"));
        assertEquals("com.example.greeter", row.get("symbolicName"));
        assertEquals("1.0.0", row.get("version"));
        assertTrue(
                daemon.events("BundleLoaded").stream().anyMatch(it -> it.contains(String.valueOf(row.get("sha256")))),
                "the hash is in the journal");

        Files.delete(daemon.deployFolder().resolve("greeter.jar"));
        Await.until(
                "unloaded",
                SOON_MILLIS,
                () -> daemon.findBundle("com.example.greeter").isEmpty());
        assertEquals("", greeting(daemon));
        assertTrue(daemon.events("BundleUnloaded").getLast().contains("greeter.jar"));
    }

    @Test
    void shouldRebindConsumersOfAReplacedJarAndRestartNothingElse(Daemon daemon) throws Exception {
        daemon.drop("greeter.jar", greeter("1.0.0", "one"));
        daemon.drop("consumer.jar", consumer());
        Await.until("consumer bound", SOON_MILLIS, () -> consumed(daemon).equals("heard one"), daemon::plugins);
        Object consumer = consumerService(daemon);
        Map<String, Long> before = starts(daemon);

        daemon.drop("greeter.jar", greeter("1.0.1", "two"));
        Await.until("consumer re-bound", SOON_MILLIS, () -> consumed(daemon).equals("heard two"), daemon::plugins);

        assertSame(consumer, consumerService(daemon), "the consumer itself was not restarted");
        Map<String, Long> after = starts(daemon);
        before.remove("com.example.greeter");
        after.remove("com.example.greeter");
        assertEquals(before, after, "last modified times of all other bundles");
    }

    @Test
    void shouldReportGarbageAndTruncationByNameAndCauseAndStayUndisturbed(Daemon daemon) throws Exception {
        Map<String, Long> before = starts(daemon);
        byte[] good = greeter("1.0.0", "hello");
        daemon.drop("garbage.jar", "this is no jar".getBytes(StandardCharsets.UTF_8));
        daemon.drop("truncated.jar", Arrays.copyOf(good, good.length / 2));
        daemon.drop(
                "plain.jar",
                PluginJar.of("", "1.0.0").header("Bundle-SymbolicName", "").build());
        Await.until(
                "all refused",
                SOON_MILLIS,
                () -> Stream.of("garbage.jar", "truncated.jar", "plain.jar")
                        .allMatch(it -> daemon.stateOf(it).equals("refused")),
                daemon::plugins);

        assertTrue(daemon.reasonOf("garbage.jar").contains("is not a jar"));
        assertTrue(daemon.reasonOf("truncated.jar").contains("truncated"));
        assertTrue(daemon.reasonOf("plain.jar").contains("Bundle-SymbolicName"));
        Thread.sleep(1_000);
        assertEquals(1, count(daemon, "BundleRefused", "garbage.jar"), "said once, not with every look");
        assertEquals(before, starts(daemon));
    }

    @Test
    void shouldNameThePackageThatIsMissing(Daemon daemon) throws Exception {
        daemon.drop(
                "lost.jar",
                PluginJar.of("com.example.lost", "1.0.0")
                        .header("Import-Package", "com.nowhere.at.all;version=\"[1.2,2)\"")
                        .build());
        Await.until("failed", SOON_MILLIS, () -> daemon.stateOf("lost.jar").equals("failed"), daemon::plugins);
        assertTrue(
                daemon.reasonOf("lost.jar").contains("com.nowhere.at.all [1.2.0,2.0.0)"), daemon.reasonOf("lost.jar"));
        Await.until("in the journal", SOON_MILLIS, () -> count(daemon, "BundleFailed", "lost.jar") == 1);

        // What was missing arrives, and nothing else has to be done.
        daemon.drop(
                "found.jar",
                PluginJar.of("com.example.found", "1.0.0")
                        .header("Export-Package", "com.nowhere.at.all;version=\"1.3.0\"")
                        .source("com.nowhere.at.all.Thing", "package com.nowhere.at.all; public class Thing {}")
                        .build());
        Await.until("active", SOON_MILLIS, () -> daemon.stateOf("lost.jar").equals("active"), daemon::plugins);
    }

    @Test
    void shouldNameTheVersionThatIsThereInstead(Daemon daemon) throws Exception {
        daemon.drop(
                "future.jar",
                PluginJar.of("com.example.future", "1.0.0")
                        .header("Import-Package", "io.stratoswarm.api.journal;version=\"[7,8)\"")
                        .build());
        Await.until("failed", SOON_MILLIS, () -> daemon.stateOf("future.jar").equals("failed"), daemon::plugins);
        assertTrue(daemon.reasonOf("future.jar").contains("only version 1."), daemon.reasonOf("future.jar"));
    }

    @Test
    void shouldReportAnActivatorAndAComponentThatThrow(Daemon daemon) throws Exception {
        daemon.drop(
                "activator.jar",
                PluginJar.of("com.example.activator", "1.0.0")
                        .header("Bundle-Activator", "com.example.activator.Bad")
                        .header("Import-Package", "org.osgi.framework")
                        .source("com.example.activator.Bad", "package com.example.activator; public class Bad {}")
                        .build());
        daemon.drop(
                "component.jar",
                PluginJar.of("com.example.component", "1.0.0")
                        .source("com.example.component.Bad", """
                        package com.example.component;
                        public class Bad {
                            public void activate() { throw new IllegalStateException("the moon is full"); }
                            public void deactivate() {}
                        }
                        """)
                        .component("com.example.component.Bad", "", "")
                        .build());
        Await.until(
                "both failed",
                SOON_MILLIS,
                () -> daemon.stateOf("activator.jar").equals("failed")
                        && daemon.stateOf("component.jar").equals("failed"),
                daemon::plugins);
        assertTrue(daemon.reasonOf("activator.jar").contains("ctivator"), daemon.reasonOf("activator.jar"));
        assertTrue(daemon.reasonOf("component.jar").contains("the moon is full"), daemon.reasonOf("component.jar"));
    }

    @Test
    void shouldLoadNothingWhileOthersCanWriteToTheFolder(Daemon daemon) throws Exception {
        Files.setPosixFilePermissions(daemon.deployFolder(), PosixFilePermissions.fromString("rwxrwx---"));
        daemon.drop("greeter.jar", greeter("1.0.0", "hello"));
        Await.until(
                "reported",
                SOON_MILLIS,
                () -> daemon.plugins().stream()
                        .anyMatch(it -> String.valueOf(it.get("reason")).contains("chmod go-w")),
                daemon::plugins);
        Thread.sleep(1_000);
        assertTrue(daemon.findBundle("com.example.greeter").isEmpty());

        Files.setPosixFilePermissions(daemon.deployFolder(), PosixFilePermissions.fromString("rwx------"));
        Await.until("loaded", SOON_MILLIS, () -> greeting(daemon).equals("hello"), daemon::plugins);
    }

    @Test
    void shouldKeepApiAndCoreForTheUpgrade(Daemon daemon) throws Exception {
        Bundle core = daemon.bundle("io.stratoswarm.core");
        long modified = core.getLastModified();
        daemon.drop("core.jar", PluginJar.of("io.stratoswarm.core", "99.0.0").build());
        daemon.drop("api.jar", PluginJar.of("io.stratoswarm.api", "99.0.0").build());
        Await.until(
                "both refused",
                SOON_MILLIS,
                () -> daemon.stateOf("core.jar").equals("refused")
                        && daemon.stateOf("api.jar").equals("refused"),
                daemon::plugins);
        assertTrue(daemon.reasonOf("api.jar").contains("stratoswarm upgrade"));
        assertEquals(modified, core.getLastModified());
        assertEquals(Bundle.ACTIVE, core.getState());
    }

    @Test
    void shouldReplaceAShippedBundleAndGoBackToIt(Daemon daemon) throws Exception {
        String shipped = daemon.bundle("io.stratoswarm.console").getVersion().toString();
        daemon.drop(
                "console.jar", PluginJar.of("io.stratoswarm.console", "99.0.0").build());
        Await.until(
                "replaced",
                SOON_MILLIS,
                () -> daemon.active("io.stratoswarm.console")
                        && daemon.bundle("io.stratoswarm.console").getVersion().getMajor() == 99,
                daemon::plugins);
        assertEquals(
                1,
                Stream.of(daemon.context().getBundles())
                        .filter(it -> "io.stratoswarm.console".equals(it.getSymbolicName()))
                        .count());
        assertEquals("active", daemon.stateOf("console.jar"));

        Files.delete(daemon.deployFolder().resolve("console.jar"));
        Await.until(
                "back",
                SOON_MILLIS,
                () -> daemon.active("io.stratoswarm.console")
                        && daemon.bundle("io.stratoswarm.console")
                                .getVersion()
                                .toString()
                                .equals(shipped),
                daemon::plugins);
    }

    @Test
    void shouldHideNothingOfAWorkingPluginBehindABadReplacement(Daemon daemon) throws Exception {
        byte[] good = greeter("1.0.0", "hello");
        daemon.drop("greeter.jar", good);
        Await.until("greeting", SOON_MILLIS, () -> greeting(daemon).equals("hello"), daemon::plugins);
        daemon.drop("greeter.jar", Arrays.copyOf(good, good.length - 100));
        Await.until("refused", SOON_MILLIS, () -> daemon.stateOf("greeter.jar").equals("refused"), daemon::plugins);
        Thread.sleep(1_000);
        assertEquals("hello", greeting(daemon));
        assertTrue(daemon.reasonOf("greeter.jar").contains("stays loaded"));
    }

    static byte[] greeter(String version, String text) throws Exception {
        return PluginJar.of("com.example.greeter", version)
                .source("com.example.greeter.Greeter", """
                        package com.example.greeter;
                        public class Greeter implements java.util.function.Supplier<String> {
                            public void activate() {}
                            public void deactivate() {}
                            public String get() { return "%s"; }
                        }
                        """.formatted(text))
                .component("com.example.greeter.Greeter", "java.util.function.Supplier", "")
                .build();
    }

    private static byte[] consumer() throws Exception {
        return PluginJar.of("com.example.consumer", "1.0.0")
                .source("com.example.consumer.Consumer", """
                        package com.example.consumer;
                        import java.util.function.Supplier;
                        public class Consumer implements java.util.concurrent.Callable<String> {
                            private volatile Supplier<String> greeter;
                            public void activate() {}
                            public void deactivate() {}
                            public void bind(Supplier<String> it) { greeter = it; }
                            public void unbind(Supplier<String> it) { if (greeter == it) greeter = null; }
                            public String call() { Supplier<String> now = greeter; return now == null ? "" : "heard " + now.get(); }
                        }
                        """)
                .component(
                        "com.example.consumer.Consumer",
                        "java.util.concurrent.Callable",
                        "<reference name=\"greeter\" interface=\"java.util.function.Supplier\" cardinality=\"0..1\" policy=\"dynamic\""
                                + " policy-option=\"greedy\" bind=\"bind\" unbind=\"unbind\"/>")
                .build();
    }

    private static String greeting(Daemon daemon) {
        ServiceReference<?> reference = daemon.context().getServiceReference("java.util.function.Supplier");
        Object service = reference == null ? null : daemon.context().getService(reference);
        return service instanceof Supplier<?> supplier ? String.valueOf(supplier.get()) : "";
    }

    private static Object consumerService(Daemon daemon) {
        return daemon.service("java.util.concurrent.Callable");
    }

    private static String consumed(Daemon daemon) throws Exception {
        ServiceReference<?> reference = daemon.context().getServiceReference("java.util.concurrent.Callable");
        Object service = reference == null ? null : daemon.context().getService(reference);
        return service instanceof java.util.concurrent.Callable<?> callable ? String.valueOf(callable.call()) : "";
    }

    /** A bundle that was updated or restarted by a refresh has another time. */
    private static Map<String, Long> starts(Daemon daemon) {
        Map<String, Long> times = new HashMap<>();
        for (Bundle bundle : daemon.context().getBundles()) {
            times.put(bundle.getSymbolicName(), bundle.getLastModified());
            assertEquals(Bundle.ACTIVE, bundle.getState(), bundle.getSymbolicName());
        }
        return times;
    }

    private static int count(Daemon daemon, String type, String file) throws Exception {
        List<String> events = daemon.events(type);
        return (int)
                events.stream().filter(it -> it.contains("\"" + file + "\"")).count();
    }
}
