package io.stratoswarm.launcher;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code stratoswarm daemon}. */
public final class Main {
    /** Environment variable by which a daemon tells its successor in the same process when it handed over. */
    private static final String UPGRADED = "STRATOSWARM_UPGRADED_MILLIS";

    private static final long STOP_TIMEOUT_MILLIS = 25_000;

    private Main() {}

    public static void main(String[] arguments) {
        AtomicBoolean ending = new AtomicBoolean();
        int code;
        try {
            code = run(List.of(arguments), ending).code();
        } catch (LaunchException e) {
            System.err.println("stratoswarm: " + e.getMessage());
            code = e.exit().code();
        } catch (InterruptedException e) {
            System.err.println("stratoswarm: interrupted");
            code = Exit.FAILURE.code();
        }
        ending.set(true);
        System.exit(code);
    }

    private static Exit run(List<String> arguments, AtomicBoolean ending) throws LaunchException, InterruptedException {
        Path home = home();
        Places places = Places.parse(
                withoutCommand(arguments),
                System.getenv(),
                home,
                System.getProperty("user.name"),
                System.getProperty("user.home"));
        if (places.help()) {
            System.out.print(Places.USAGE + Exit.table());
            return Exit.OK;
        }
        Folders.makeData(places);
        Folders.checkConfig(places.config(), Folders.userId());
        FileLock lock = Folders.lock(places);
        Map<String, String> settings = Settings.read(places.config());
        Settings.setUpLog(places, settings);
        Logger log = LoggerFactory.getLogger(Main.class);
        // A library's thread that outlives what it works with tells the log, and not whoever started the daemon.
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, e) -> log.warn("thread {} ended: {}", thread.getName(), String.valueOf(e), e));
        Folders.clearTransient(places);

        String version = version(home);
        Launcher launcher = new Launcher(places, settings, version);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopOnSignal(launcher, ending), "shutdown"));
        Launcher.Started started;
        try {
            started = launcher.start();
        } catch (LaunchException e) {
            if (!ending.compareAndSet(false, true)) {
                return Exit.OK; // A signal came during the start; its hook ends the process.
            }
            launcher.stop(STOP_TIMEOUT_MILLIS);
            log.info(
                    "the daemon does not start",
                    e); // For the file; the line for the operator is printed once, by main.
            throw e;
        }
        sayReady(places, version, started, log);
        launcher.await();
        Launcher.throwIfFatal();
        if (System.getProperty(Launcher.NEXT, "").equals("upgrade") && ending.compareAndSet(false, true)) {
            replaceProcess(home, arguments, log);
        }
        log.info("stratoswarm {} stopped", version);
        Reference.reachabilityFence(lock);
        return Exit.OK;
    }

    /** The script passes the command's own name; the launcher has only the one. */
    private static List<String> withoutCommand(List<String> arguments) {
        return !arguments.isEmpty() && arguments.getFirst().equals("daemon")
                ? arguments.subList(1, arguments.size())
                : arguments;
    }

    private static Path home() throws LaunchException {
        @Nullable String home = System.getProperty("stratoswarm.home");
        if (home == null) {
            throw new LaunchException(
                    Exit.USAGE,
                    "the system property stratoswarm.home is not set; start the daemon by the stratoswarm script");
        }
        return Path.of(home).toAbsolutePath().normalize();
    }

    private static String version(Path home) throws LaunchException {
        try {
            return Files.readString(home.resolve("VERSION"), StandardCharsets.UTF_8)
                    .strip();
        } catch (IOException e) {
            throw new LaunchException(
                    Exit.CONFIGURATION, "no VERSION in " + home + "; is it a distribution of stratoswarm?", e);
        }
    }

    private static void sayReady(Places places, String version, Launcher.Started started, Logger log) {
        Instant begin = began();
        double seconds = Duration.between(begin, Instant.now()).toMillis() / 1000.0;
        String count = started.active() == started.all()
                ? started.active() + " bundles active"
                : started.active() + " of " + started.all() + " bundles active, the log says why";
        String line = String.format(
                Locale.ROOT,
                "stratoswarm %s ready: %s, data %s, socket %s, %.2f s",
                version,
                count,
                places.data(),
                socket(places),
                seconds);
        System.out.println(line);
        log.info("{}, process id {}", line, ProcessHandle.current().pid());
        tellSystemd("READY=1\nMAINPID=" + ProcessHandle.current().pid() + "\nSTATUS=" + line, log);
    }

    /** Where the socket is; the API leaves a pointer where the data folder's path is too long for one. */
    private static String socket(Places places) {
        Path pointer = Path.of(places.socket() + ".path");
        try {
            return Files.exists(places.socket()) || !Files.exists(pointer)
                    ? places.socket().toString()
                    : Files.readString(pointer, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return places.socket() + " (its place could not be read: " + e.getMessage() + ")";
        }
    }

    /** When this program took over: an upgrade replaces the program and keeps the process, whose start time stays the old one. */
    private static Instant began() {
        Instant process = ProcessHandle.current().info().startInstant().orElseThrow();
        @Nullable String upgraded = System.getenv(UPGRADED);
        if (upgraded == null || !upgraded.matches("\\d{1,18}")) {
            return process;
        }
        Instant upgrade = Instant.ofEpochMilli(Long.parseLong(upgraded));
        return upgrade.isAfter(process) ? upgrade : process;
    }

    private static void tellSystemd(String message, Logger log) {
        @Nullable String socket = System.getenv("NOTIFY_SOCKET");
        if (socket == null || socket.isEmpty()) {
            return;
        }
        try {
            Native.notifySystemd(socket, message);
        } catch (IOException e) {
            log.warn(
                    "systemd was not told about '{}': {}",
                    message.lines().findFirst().orElse(""),
                    e.getMessage(),
                    e);
        }
    }

    /** On a signal the JVM would end with 128 + its number; a daemon that stopped as asked ends with 0. */
    private static void stopOnSignal(Launcher launcher, AtomicBoolean ending) {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        Logger log = LoggerFactory.getLogger(Main.class);
        tellSystemd("STOPPING=1", log);
        try {
            launcher.stop(STOP_TIMEOUT_MILLIS);
        } catch (InterruptedException e) {
            log.warn("interrupted while stopping");
        }
        log.info("stopped by a signal; agents keep running");
        Runtime.getRuntime().halt(Exit.OK.code());
    }

    private static void replaceProcess(Path home, List<String> arguments, Logger log) throws LaunchException {
        Path next = Path.of(System.getProperty(Launcher.NEXT_HOME, home.toString()));
        Path script = next.resolve("stratoswarm");
        List<String> command = new ArrayList<>(List.of(script.toString(), "daemon"));
        command.addAll(withoutCommand(arguments));
        log.info("going on as {}", String.join(" ", command));
        tellSystemd("RELOADING=1", log);
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put(UPGRADED, Long.toString(System.currentTimeMillis()));
        String failure = Native.execute(script, command, environment);
        throw new LaunchException(
                Exit.FAILURE,
                "cannot go on as " + script + ": " + failure + "; start it by hand, agents keep running until then");
    }
}
