package io.stratoswarm.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The daemon of the demo on a temporary folder, driven through the same command line that a user has. */
final class DemoDaemon implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long START_LIMIT_MILLIS = 60_000;
    /** 128 and the number of SIGINT. */
    private static final int INTERRUPTED = 130;

    private static final long END_LIMIT_SECONDS = 60;

    private final Path home;
    private final Path folder;
    private final PrintStream out;
    private volatile @Nullable Process process;
    private volatile boolean closing;
    private volatile @Nullable Thread closer;

    /** A condition that asks the daemon. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private DemoDaemon(Path home, Path folder, PrintStream out) {
        this.home = home;
        this.folder = folder;
        this.out = out;
    }

    /** Makes the folder, with the demo's script where a daemon looks for those of its operator. */
    static DemoDaemon create(Path home, PrintStream out) throws IOException {
        Path folder = Files.createTempDirectory("stratoswarm-demo-");
        DemoDaemon made = new DemoDaemon(home, folder, out);
        Files.createDirectory(made.work());
        Path scripts = made.data().resolve("scripts");
        Files.createDirectories(scripts);
        Files.setPosixFilePermissions(made.data(), PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(scripts, PosixFilePermissions.fromString("rwx------"));
        Files.copy(made.examples().resolve("demo-score.js"), scripts.resolve("demo-score.js"));
        return made;
    }

    private Path examples() {
        return home.resolve("examples/demo");
    }

    /** What the graph writes out. */
    Path work() {
        return folder.resolve("work");
    }

    Path data() {
        return folder.resolve("data");
    }

    /** Arguments of {@code apply}: the graph with its parameters. */
    List<String> graph() {
        return List.of(
                examples().resolve("host-watch.graph").toString(),
                "--param",
                "here=" + examples(),
                "--param",
                "work=" + work(),
                "--param",
                "stratoswarm=" + home.resolve("stratoswarm"),
                "--param",
                "data=" + data());
    }

    boolean closing() {
        return closing;
    }

    /** Starts the daemon and waits for its first answer; returns the milliseconds that took. */
    long start() throws IOException, InterruptedException {
        long began = System.nanoTime();
        // A session of its own: Ctrl-C in the terminal is for the demo, which then stops the daemon in order.
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(command(List.of("daemon")));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        synchronized (this) {
            goOn();
            process = builder.start();
        }
        await(
                "the daemon answers",
                START_LIMIT_MILLIS / 1000,
                () -> run(List.of("status")).exit() == 0);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    }

    void killDaemon() throws InterruptedException {
        Process running = process;
        if (running != null) {
            out.printf("Sending SIGKILL to the daemon, process %d.%n", running.pid());
            synchronized (this) {
                goOn();
                running.destroyForcibly();
            }
            running.waitFor();
        }
    }

    /** Once the end has begun, nobody but the thread that ends things may start or kill anything. */
    private void goOn() {
        if (closing && Thread.currentThread() != closer) {
            throw new DemoFailed("it was interrupted");
        }
    }

    void kill(int pid) {
        goOn();
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    static boolean alive(int pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /** Runs a command and prints it with its output, as a user would see it; returns its exit status. */
    int show(String... arguments) throws IOException, InterruptedException {
        return show(List.of(arguments));
    }

    int show(List<String> arguments) throws IOException, InterruptedException {
        out.println("$ stratoswarm " + String.join(" ", arguments));
        Done done = run(arguments);
        out.print(done.output().indent(2));
        return done.exit();
    }

    String text(String... arguments) throws IOException, InterruptedException {
        Done done = run(List.of(arguments));
        if (done.exit() != 0) {
            throw new DemoFailed("stratoswarm " + String.join(" ", arguments) + " ended with " + done.exit() + ": "
                    + done.output().strip());
        }
        return done.output();
    }

    JsonNode ask(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        return JSON.readTree(text(all.toArray(String[]::new)));
    }

    List<JsonNode> agents() throws IOException, InterruptedException {
        JsonNode listed = ask("ps");
        List<JsonNode> agents = new ArrayList<>();
        (listed.isArray() ? listed : listed.path("agents")).forEach(agents::add);
        return agents;
    }

    /** All events from this sequence on. */
    List<JsonNode> events(long fromSequence) throws IOException, InterruptedException {
        List<JsonNode> events = new ArrayList<>();
        String text = text("events", "--json", "--from", Long.toString(fromSequence));
        for (String line : text.lines().filter(line -> !line.isBlank()).toList()) {
            events.add(JSON.readTree(line));
        }
        return events;
    }

    void await(String what, long seconds, Condition condition) throws IOException, InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.holds()) {
            Process running = process;
            if (running != null && !running.isAlive()) {
                throw new DemoFailed("the daemon ended with status " + running.exitValue());
            }
            if (System.nanoTime() > limit) {
                throw new DemoFailed("not within " + seconds + " s: " + what);
            }
            Thread.sleep(100);
        }
    }

    void printLog() {
        try {
            if (Files.exists(log())) {
                out.println("The daemon's last words:");
                List<String> lines = Files.readAllLines(log(), StandardCharsets.UTF_8);
                lines.subList(Math.max(0, lines.size() - 20), lines.size()).forEach(line -> out.println("  " + line));
            }
        } catch (IOException e) {
            out.println("The daemon's output could not be read: " + e.getMessage());
        }
    }

    /** Stops the agents and the daemon and removes the folder. May be called twice, also from the shutdown hook. */
    @Override
    public synchronized void close() {
        closer = Thread.currentThread();
        closing = true;
        if (!Files.exists(folder)) {
            return;
        }
        try {
            endDaemon();
            try (Stream<Path> tree = Files.walk(folder)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            out.println("The folder " + folder + " could not be removed: " + e.getMessage());
        } catch (DemoFailed e) {
            out.println("The demo could not be ended in order: " + e.getMessage() + "\nIts folder " + folder
                    + " is kept, and agents may still run: end them with 'stratoswarm daemon --data " + data()
                    + "' and 'stratoswarm shutdown --data " + data() + "'");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Where the daemon is dead, it is started once more: only a daemon stops agents in order. Where it does not answer yet, since
     * the demo was interrupted during its start, it is asked again.
     */
    private void endDaemon() throws IOException, InterruptedException {
        if (process == null) {
            return;
        }
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_LIMIT_SECONDS);
        boolean asked = false;
        for (Process running = process; running != null; running = process) {
            if (!running.isAlive()) {
                if (asked) {
                    return;
                }
                start();
            } else if (System.nanoTime() > limit) {
                throw new DemoFailed("the daemon, process " + running.pid() + ", did not end when asked");
            } else if (run(List.of("shutdown")).exit() == 0) {
                asked = true;
                running.waitFor(30, TimeUnit.SECONDS);
            } else {
                running.waitFor(200, TimeUnit.MILLISECONDS);
            }
        }
    }

    private Path log() {
        return folder.resolve("daemon.log");
    }

    private record Done(int exit, String output) {}

    private Done run(List<String> arguments) throws IOException, InterruptedException {
        goOn();
        Process command = new ProcessBuilder(command(arguments))
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = command.waitFor();
        if (exit == INTERRUPTED && Thread.currentThread() != closer) {
            // Ctrl-C reaches the commands of the demo too, and a little earlier than the hook that ends it.
            Thread.sleep(1000);
            throw new DemoFailed("a command of it was interrupted");
        }
        return new Done(exit, output);
    }

    private List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.addAll(List.of(
                "env", "STRATOSWARM_DATA=" + data(), home.resolve("stratoswarm").toString()));
        command.addAll(arguments);
        return command;
    }
}
