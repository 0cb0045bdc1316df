package io.stratoswarm.core.worker;

import io.stratoswarm.api.host.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The distribution's folder {@code script-worker}: what can be run from it, and how a worker is started. */
final class Installation {
    static final List<String> LANGUAGES = List.of("js", "python");

    private static final long MEBIBYTE = 1 << 20;
    /** What the runtime and a language hold themselves. */
    private static final long BASE_JS = 160 * MEBIBYTE;

    private static final long BASE_PYTHON = 320 * MEBIBYTE;
    /** Address space beside the heap: classes, code, thread stacks, the compiler's memory. */
    private static final long BESIDE_HEAP = 4096 * MEBIBYTE;

    private final Path folder;
    private final Path work;
    private final Path java;

    /**
     * @param home of the distribution
     * @param work a folder for the workers' logs and what they unpack
     */
    Installation(Path home, Path work, Path jdkHome) {
        this.folder = home.resolve("script-worker");
        this.work = work;
        this.java = jdkHome.resolve("bin/java");
    }

    /** Why scripts of this language cannot be run here; empty where they can. */
    Optional<String> lacks(String language) {
        if (!LANGUAGES.contains(language)) {
            return Optional.of("there is no language '" + language + "'; known are js and python");
        }
        if (!Files.isExecutable(java)) {
            return Optional.of("there is no " + java + " to run workers with");
        }
        for (String jar : List.of("polyglot-", language + "-language-")) {
            if (jar(folder.resolve("lib"), jar).isEmpty()) {
                return Optional.of(folder.resolve("lib") + " has no " + jar
                        + "*.jar; the distribution is incomplete, unpack it again");
            }
        }
        return Files.isReadable(folder.resolve("worker.jar"))
                ? Optional.empty()
                : Optional.of(
                        folder.resolve("worker.jar") + " is missing; the distribution is incomplete, unpack it again");
    }

    List<Capability> capabilities() {
        List<Capability> all = new ArrayList<>();
        for (String language : LANGUAGES) {
            String name = "scripts." + language;
            Optional<String> lack = lacks(language);
            all.add(lack.map(reason -> new Capability(name, false, reason))
                    .orElseGet(() -> new Capability(name, true, manner())));
        }
        return all;
    }

    private String manner() {
        return withoutCompiler()
                .map(reason -> "interpreted: " + reason)
                .orElse("optimised, by the compiler in " + folder.resolve("compiler"));
    }

    /** Why guests are interpreted; empty where they are compiled. */
    private Optional<String> withoutCompiler() {
        if (Boolean.getBoolean("stratoswarm.scripts.interpreted")) {
            return Optional.of("the property stratoswarm.scripts.interpreted asks for it");
        }
        if (jar(folder.resolve("compiler"), "compiler-").isEmpty()) {
            return Optional.of(folder.resolve("compiler") + " has no compiler-*.jar");
        }
        Path home = java.resolveSibling("..").normalize();
        return Files.exists(home.resolve("jmods")) || modules(home).contains("jdk.internal.vm.ci")
                ? Optional.empty()
                : Optional.of("this JDK has no module jdk.internal.vm.ci");
    }

    private static String modules(Path jdk) {
        try {
            return Files.readString(jdk.resolve("release"));
        } catch (IOException unknown) {
            return "";
        }
    }

    private static Optional<Path> jar(Path folder, String prefix) {
        try (Stream<Path> list = Files.list(folder)) {
            return list.filter(path -> {
                        String name = path.getFileName().toString();
                        return name.startsWith(prefix) && name.endsWith(".jar");
                    })
                    .findFirst();
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /** Where the standard error of a worker goes: words of the Java machine, never those of scripts. */
    Path log(String language, long number) {
        return work.resolve(language + "-" + number % 8 + ".log");
    }

    Path work() {
        return work;
    }

    /**
     * The command of a worker. The shell sets what is inherited: no core files, first to be killed where memory is short, and an
     * address space with an end; a session of its own keeps the terminal's signals from it; and the kernel kills it where the
     * thread that started it ends, which must therefore live as long as the worker may.
     */
    List<String> command(String language, long scriptBytes) {
        long heap = (language.equals("python") ? BASE_PYTHON : BASE_JS) + scriptBytes;
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                "ulimit -c 0; ulimit -v " + (heap + BESIDE_HEAP) / 1024
                        + "; echo 500 2>/dev/null >/proc/self/oom_score_adj; exec \"$@\"",
                "script-worker"));
        tool("setsid").ifPresent(command::add);
        tool("setpriv").ifPresent(setpriv -> command.addAll(List.of(setpriv, "--pdeathsig", "KILL")));
        command.add(java.toString());
        command.addAll(List.of(
                "-Xmx" + heap / MEBIBYTE + "m",
                "-Xms32m",
                "-Xss1m",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-XX:TrimNativeHeapInterval=20000",
                "-XX:ReservedCodeCacheSize=128m",
                "-XX:CompressedClassSpaceSize=256m",
                "-Xrs",
                "-XX:+DisplayVMOutputToStderr",
                "-XX:ErrorFile=" + work.resolve("crash-" + language + ".log"),
                "-XX:-UsePerfData",
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-Dpolyglot.engine.userResourceCache=" + work.resolve("cache"),
                "-Dpolyglot.engine.WarnInterpreterOnly=false",
                "--enable-native-access=org.graalvm.truffle",
                "--sun-misc-unsafe-memory-access=allow"));
        if (withoutCompiler().isEmpty()) {
            command.addAll(List.of("-XX:+UnlockExperimentalVMOptions", "-XX:+EnableJVMCI"));
            command.addAll(
                    List.of("--upgrade-module-path", folder.resolve("compiler").toString()));
        }
        command.addAll(List.of(
                "--module-path",
                folder.resolve("lib").toString(),
                "--add-modules",
                "org.graalvm.polyglot",
                "-cp",
                folder.resolve("worker.jar").toString(),
                "io.stratoswarm.scriptworker.Main",
                language));
        return command;
    }

    private static Optional<String> tool(String name) {
        return Stream.of("/usr/bin/", "/bin/")
                .map(place -> place + name)
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst();
    }
}
