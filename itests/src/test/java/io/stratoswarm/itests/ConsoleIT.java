package io.stratoswarm.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/** The console's bundle in a real framework: it is updated while the others run on, and lets in whom its configuration names. */
@ExtendWith(DaemonExtension.class)
class ConsoleIT {
    private static final String CONSOLE = "io.stratoswarm.console";
    private static final long LIMIT_MILLIS = 30_000;
    private static final int UPDATES = 5;

    /** Prints the first line of the answer; nothing where the connection is closed without one, an error where it is refused. */
    private static final String CLIENT = """
            my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or do { print "cannot connect: $!"; exit };
            print $s "$ARGV[1] /api/v1/$ARGV[2] HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n";
            my $line = <$s>; $line //= ""; $line =~ s/\\s+$//; print $line;
            """;

    private static String ask(Daemon daemon, String method, String path, String... as) throws Exception {
        List<String> command = new ArrayList<>(List.of(as));
        command.addAll(List.of(
                "perl", "-MIO::Socket::UNIX", "-e", CLIENT, socket(daemon).toString(), method, path));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(LIMIT_MILLIS, TimeUnit.MILLISECONDS), "it ends");
        return said;
    }

    private static Path socket(Daemon daemon) throws IOException {
        Path pointer = daemon.dataFolder().resolve("api.sock.path");
        return Files.exists(pointer)
                ? Path.of(Files.readString(pointer).strip())
                : daemon.dataFolder().resolve("api.sock");
    }

    private static boolean serves(Daemon daemon) throws Exception {
        return ask(daemon, "GET", "status").startsWith("HTTP/1.1 200");
    }

    private static long threads(String begin) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(begin))
                .count();
    }

    @Test
    void shouldServeAgainAfterEachUpdateAndLeaveNothingBehind(Daemon daemon) throws Exception {
        Await.until("it serves", LIMIT_MILLIS, () -> serves(daemon), daemon::plugins);
        Bundle console = daemon.bundle(CONSOLE);
        Bundle core = daemon.bundle("io.stratoswarm.core");
        Object journal = daemon.service("io.stratoswarm.api.journal.Journal");
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        long threads = threads("vert.x-");
        for (int i = 0; i < UPDATES; i++) {
            loaders.add(new WeakReference<>(console.adapt(BundleWiring.class).getClassLoader()));
            console.update();
            Await.until("update " + i + " serves", LIMIT_MILLIS, () -> serves(daemon), daemon::plugins);
        }
        assertEquals(Bundle.ACTIVE, console.getState());
        assertEquals(Bundle.ACTIVE, core.getState());
        assertTrue(journal == daemon.service("io.stratoswarm.api.journal.Journal"), "nothing else was restarted");
        assertTrue(threads("vert.x-") <= threads + 2, threads + " threads before, now " + threads("vert.x-"));
        Await.until(
                "the classes of all versions but the present one are gone",
                LIMIT_MILLIS,
                () -> {
                    System.gc();
                    return loaders.stream().allMatch(loader -> loader.get() == null);
                },
                () -> loaders.stream().filter(loader -> loader.get() != null).count() + " of " + UPDATES + " are left");
    }

    @Test
    void shouldLetInTheGroupThatItsConfigurationNamesAndNobodyElse(Daemon daemon) throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become other users");
        // Whoever should reach the socket must be able to pass through its folder.
        Files.setPosixFilePermissions(daemon.dataFolder(), PosixFilePermissions.fromString("rwx--x--x"));
        String[] member = {"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"};
        String[] stranger = {"setpriv", "--reuid", "1", "--regid", "1", "--clear-groups"};
        Await.until("it serves", LIMIT_MILLIS, () -> serves(daemon), daemon::plugins);
        assertEquals("cannot connect: Permission denied", ask(daemon, "GET", "status", member));

        configure(daemon, "nogroup");
        Await.until(
                "the group is let in",
                LIMIT_MILLIS,
                () -> ask(daemon, "GET", "status", member).startsWith("HTTP/1.1 200"),
                daemon::plugins);
        String refused = ask(daemon, "POST", "shutdown", member);
        assertTrue(refused.startsWith("HTTP/1.1 403"), "an operator may not end the daemon: " + refused);
        assertEquals("cannot connect: Permission denied", ask(daemon, "GET", "status", stranger));
        // Were the file open to all, the kernel would still tell whose the connection is.
        Files.setPosixFilePermissions(socket(daemon), PosixFilePermissions.fromString("rw-rw-rw-"));
        String said = ask(daemon, "GET", "status", stranger);
        assertFalse(said.startsWith("HTTP/"), said);
        assertTrue(serves(daemon), "root still may");

        configure(daemon, "");
        Await.until(
                "the group is not let in any more",
                LIMIT_MILLIS,
                () -> ask(daemon, "GET", "status", member).equals("cannot connect: Permission denied"),
                daemon::plugins);
    }

    private static void configure(Daemon daemon, String group) {
        Object admin = daemon.service("org.osgi.service.cm.ConfigurationAdmin");
        Object configuration = Daemon.call(admin, "getConfiguration", "stratoswarm.console", "?");
        Hashtable<String, Object> properties = new Hashtable<>();
        Object known = Daemon.call(configuration, "getProperties");
        if (known instanceof java.util.Dictionary<?, ?> dictionary) {
            dictionary.keys().asIterator().forEachRemaining(key -> properties.put((String) key, dictionary.get(key)));
        }
        properties.put("group", group);
        Daemon.call(configuration, "update", properties);
    }
}
