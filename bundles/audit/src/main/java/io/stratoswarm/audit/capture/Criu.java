package io.stratoswarm.audit.capture;

import io.stratoswarm.api.StratoswarmException;
import io.stratoswarm.api.StratoswarmException.Kind;
import io.stratoswarm.api.host.Capability;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The program criu (<a href="https://criu.org">criu.org</a>), where it is installed and works: makes images of a process and of all that
 * descends from it, from which they can be made again.
 */
record Criu(Path program, String version) {
    /** Those before fail on current kernels. */
    private static final int MAJOR = 4;

    private static final int MINOR = 1;
    private static final Pattern VERSION = Pattern.compile("Version: (([0-9]+)\\.([0-9]+)[^\\s]*)");
    private static final List<String> FOLDERS = List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin");
    private static final long CHECK_SECONDS = 20;
    private static final long DUMP_SECONDS = 300;
    /** How each problem with it begins. */
    static final String PROBLEM = "criu: ";

    static final String CAPABILITY = "capture.restore";

    /**
     * What both sides are told. The agent is in its keeper's session; its sockets that are connected come back closed, for the other end
     * knows nothing of what was; it stays in the cgroup that it is in.
     */
    private static final List<String> COMMON = List.of(
            "--shell-job",
            "--ext-unix-sk",
            "--file-locks",
            "--tcp-close",
            "--link-remap",
            "--manage-cgroups=ignore",
            "-v1");

    /** Whether it can be used, and why not. */
    record Found(Optional<Criu> criu, String detail) {
        Capability capability() {
            return new Capability(CAPABILITY, criu.isPresent(), detail);
        }

        Optional<String> unavailable() {
            return criu.isPresent() ? Optional.empty() : Optional.of(detail);
        }

        Criu need() {
            return criu.orElseThrow(() -> new StratoswarmException(Kind.UNAVAILABLE, detail));
        }
    }

    /** Looks for it where the daemon's own PATH says, then in the usual folders. */
    static Found find() {
        String path = System.getenv().getOrDefault("PATH", "");
        return find(Stream.concat(Stream.of(path.split(":")).filter(folder -> folder.startsWith("/")), FOLDERS.stream())
                .map(Path::of)
                .toList());
    }

    static Found find(List<Path> folders) {
        Optional<Path> program = folders.stream()
                .map(folder -> folder.resolve("criu"))
                .filter(Files::isExecutable)
                .findFirst();
        if (program.isEmpty()) {
            return lacking("the program criu is not installed");
        }
        Ended told = run(List.of(program.get().toString(), "--version"), CHECK_SECONDS);
        Matcher version = VERSION.matcher(told.output());
        if (!version.find()) {
            return lacking(program.get() + " --version does not tell its version: " + told.why());
        }
        int major = Integer.parseInt(version.group(2));
        if (major < MAJOR || major == MAJOR && Integer.parseInt(version.group(3)) < MINOR) {
            return lacking(program.get() + " is " + version.group(1) + ", and " + MAJOR + "." + MINOR
                    + " is the oldest that works");
        }
        Ended check = run(List.of(program.get().toString(), "check"), CHECK_SECONDS);
        return check.status() == 0
                ? new Found(
                        Optional.of(new Criu(program.get(), version.group(1))),
                        "by " + program.get() + " " + version.group(1)
                                + ", of captures that were taken with --mode criu")
                : lacking("'" + program.get() + " check' says: " + check.why());
    }

    private static Found lacking(String why) {
        return new Found(Optional.empty(), "agents cannot be restored from captures: " + why);
    }

    /** How a command ended; status -1 where it did not in time. */
    private record Ended(int status, String output) {
        /** The line that says most. */
        String why() {
            if (status < 0) {
                return "no answer in time";
            }
            List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
            return lines.stream()
                    // It would like to open more files than it may, and goes on.
                    .filter(line -> line.contains("Error (") && !line.contains("RLIMIT_NOFILE"))
                    .findFirst()
                    .map(line -> line.replaceFirst("^.*Error \\([^)]*\\): *", ""))
                    .orElse(lines.isEmpty() ? "status " + status : lines.getLast());
        }
    }

    private static Ended run(List<String> command, long seconds) {
        try {
            Path output = Files.createTempFile("criu", ".log");
            try {
                // To a file: what it says must not be lost, nor hold it up, where this process ends meanwhile.
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .redirectInput(Path.of("/dev/null").toFile())
                        .start();
                boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
                if (!ended) {
                    process.destroy();
                }
                return new Ended(
                        ended ? process.exitValue() : -1,
                        new String(Files.readAllBytes(output), StandardCharsets.ISO_8859_1));
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            return new Ended(1, command.getFirst() + " cannot be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StratoswarmException(Kind.UNAVAILABLE, "the daemon ends", e);
        }
    }

    /** Makes images of a process that runs on afterwards; says why that failed, where it did. */
    Optional<String> dump(int pid, Path images) {
        List<String> command = new ArrayList<>(List.of(
                program.toString(), "dump", "-t", Integer.toString(pid), "-D", images.toString(), "--leave-running"));
        command.addAll(COMMON);
        Ended ended = run(command, DUMP_SECONDS);
        return ended.status() == 0 ? Optional.empty() : Optional.of(PROBLEM + ended.why());
    }

    /** Makes the process again, as a child of whoever runs the command. */
    List<String> restore(Path images) {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "restore",
                "-D",
                images.toString(),
                "--restore-detached",
                "--restore-sibling",
                "--pidfile",
                images.resolve("pid").toString()));
        command.addAll(COMMON);
        return command;
    }

    /** Files of a folder of images, by name. */
    static List<Path> files(Path images) throws IOException {
        try (Stream<Path> all = Files.list(images)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
